#include "cli/setup/questions.h"

#include <algorithm>
#include <array>

namespace cli {
namespace {

constexpr bool kNeeded = false;
constexpr bool kOptional = true;
constexpr bool kOwn = false;
constexpr bool kSetting = true;

constexpr auto kQuestions = std::to_array<Question>({
    {Topic::Name, "--name", "NAME", "Name of this server in the clients", "pve", kNeeded, kOwn,
     "--name pve-lab", "The server's name in the clients, and of its files. Default pve."},
    {Topic::Host, "--host", "NAMES", "PVE's name or address (of several nodes, separated by commas)", "",
     kNeeded, kOwn, "--host pve.example.com", "PVE's name or address; several nodes separated by commas."},
    {Topic::Port, "--port", "PORT", "Port", "8006", kNeeded, kOwn, "--port 8006",
     "PVE's port. Default 8006."},
    {Topic::Fingerprint, "--fingerprint", "LIST", "Trust this certificate, and no other at this address?", "",
     kNeeded, kSetting, "--fingerprint AB:CD:...",
     "The SHA-256 fingerprint to expect, as `pvenode cert info` shows it; of several nodes each."},
    {Topic::Access, "--access", "ACCESS", "What may the assistant do", "look", kNeeded, kOwn, "--access look",
     "What the assistant may do: look, operate or everything. Default look."},
    {Topic::TokenFrom, "--token-from", "WAY", "Which API token shall it use", "", kNeeded, kOwn,
     "--token-from login",
     "Where the API token comes from: existing (--token-id), keep (that of the settings file), login (made "
     "with one login), node (made by pveum, as root on a node)."},
    {Topic::TokenId, "--token-id", "ID", "Id of the API token (USER@REALM!NAME)", "", kNeeded, kSetting,
     "--token-id mcp@pve!pve", "The id of an existing API token."},
    {Topic::TokenSecret, "--token-secret-file", "FILE", "Secret of the API token (it is not shown)", "",
     kNeeded, kSetting, "--token-secret-file pve.secret", "The file with the secret of that token."},
    {Topic::Login, "--login", "USER@REALM", "User who may make users and API tokens", "root@pam", kNeeded,
     kOwn, "--login root@pam", "The user whose login makes the API token. Default root@pam."},
    {Topic::Password, "--password-file", "FILE", "Password (it is not shown, and not stored)", "", kNeeded,
     kOwn, "--password-file FILE", "The file with the password of that login, such as a pipe."},
    {Topic::Totp, "--totp-file", "FILE", "Code of the second factor (or a recovery code)", "", kNeeded, kOwn,
     "--totp-file FILE",
     "The file with the code of the second factor or a recovery code, if that login needs one."},
    {Topic::TokenName, "--token-name", "NAME", "Name of the new API token", "", kNeeded, kOwn,
     "--token-name laptop", "The name of the new API token of mcp@pve. Default: the server's name."},
    {Topic::Scope, "--scope", "TERMS", "Only these guests (such as tag:web or vmid:100-199; Enter: all)", "",
     kOptional, kSetting, "--scope tag:web", "The guests that it may see and change. Default: all."},
    {Topic::Protect, "--protect", "TERMS", "Never change these (such as tag:prod; Enter: nothing)", "",
     kOptional, kSetting, "--protect tag:prod", "What it may never change. Default: nothing."},
    {Topic::Confirm, "--confirm", "CHANGES", "Confirm which changes: irreversible, changes or never",
     "irreversible", kNeeded, kSetting, "--confirm changes",
     "Which changes a person or the client confirms."},
    {Topic::Approval, "--approval", "BY", "Who approves what destroys something: caller or human", "caller",
     kNeeded, kSetting, "--approval human", "Who approves a change that destroys something for good."},
    {Topic::Categories, "--categories", "LIST", "Toolsets (categories separated by commas)", "all", kNeeded,
     kSetting, "--categories nodes,qemu,lxc", "The toolsets. Default: all."},
    {Topic::Client, "--client", "NAME", "Add it to which clients (names separated by commas, all, or none)",
     "all", kNeeded, kOwn, "--client claude-code",
     "A client to add it to, repeatable; all: those that are installed here; none. Default all."},
    {Topic::Listen, "--http", "ADDRESS:PORT", "Address and port of the service", "0.0.0.0:3000", kNeeded,
     kSetting, "--http 0.0.0.0:3000", "With --service: where it listens. Default 0.0.0.0:3000."},
    {Topic::Url, "--http-url", "URL", "URL that clients use for it", "", kNeeded, kSetting,
     "--http-url https://pve.example.com:3000/mcp",
     "With --service: the URL for clients, with a name of its certificate. Default: this host's name."},
    {Topic::Certificate, "--http-certificate", "FILE", "Certificate of the service (Enter: one of its own)",
     "", kOptional, kSetting, "--http-certificate /etc/ssl/mcp.pem",
     "With --service: its certificate. Default: PVE's on a node, else one that setup makes."},
    {Topic::Key, "--http-key", "FILE", "Key of that certificate", "", kNeeded, kSetting,
     "--http-key /etc/ssl/mcp.key", "With --service: the key of that certificate."},
    {Topic::Person, "--person", "NAME", "Who gets a bearer token for the service", "laptop", kNeeded, kOwn,
     "--person ann", "With --service: the name of the bearer token that it makes. Default laptop."},
    {Topic::Yes, "--yes", "", "Do this?", "", kNeeded, kOwn, "--yes",
     "Answers yes to every question, and Enter to those that no flag answers."},
    {Topic::DryRun, "--dry-run", "", "", "", kNeeded, kOwn, "--dry-run",
     "Shows what it would write and send, and changes nothing."},
    {Topic::Remove, "--remove", "", "", "", kNeeded, kOwn, "--remove",
     "Removes the server from the clients, and the settings and the secret that setup wrote."},
    {Topic::Service, "--service", "", "", "", kNeeded, kOwn, "--service",
     "As root on Linux: also makes a service that serves HTTPS."},
});

}  // namespace

std::span<const Question> questions() { return kQuestions; }

const Question& question(Topic topic) { return *std::ranges::find(kQuestions, topic, &Question::topic); }

}  // namespace cli
