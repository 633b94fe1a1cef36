// The state of the simulated cluster as plain data. The handlers read and change it, one call at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <expected>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/cluster.h"
#include "simulator/core/datacenter_state.h"
#include "simulator/core/fault.h"
#include "simulator/core/guest_state.h"
#include "simulator/core/task.h"

namespace simulator {

struct Service {
  std::string description;
  std::string unit_state = "enabled";
  bool running = true;
};

struct Certificate {
  std::string file;  ///< "pve-ssl.pem"
  std::string subject;
  std::string issuer;
  std::string fingerprint;
  std::int64_t from = 0;  ///< seconds since 1970
  std::int64_t until = 0;
  std::string key_type = "rsaEncryption";
  unsigned key_bits = 2048;
  std::vector<std::string> names;  ///< subject alternative names
};

/// A package that apt can update.
struct Update {
  std::string package;
  std::string title;
  std::string present;
  std::string available;
  std::string origin;
  std::string section;
  std::string priority = "optional";
};

struct Partition {
  std::string path;
  std::uint64_t size = 0;  ///< bytes
  std::string used;
};

struct PhysicalDisk {
  std::string path;  ///< "/dev/nvme0n1"
  std::string type;  ///< nvme, ssd, hdd
  std::string model;
  std::string serial;
  std::string vendor = "unknown";
  std::string wwn = "unknown";
  std::uint64_t size = 0;  ///< bytes
  std::string used;        ///< "LVM", "mounted", …; empty: unused
  std::string health = "PASSED";
  int wearout = -1;  ///< percent of life that is left; -1: unknown
  int osd = -1;      ///< number in Ceph; -1: none
  int rpm = 0;
  bool gpt = false;
  std::vector<Partition> partitions = {};
};

struct Node {
  std::string name;
  unsigned id = 0;  ///< corosync's node number
  std::string ip;
  unsigned cores = 16;
  std::uint64_t memory = 0;  ///< bytes
  std::uint64_t disk = 0;    ///< bytes of the root file system
  std::int64_t booted = 0;   ///< seconds since 1970
  std::string fingerprint;
  Config dns;  ///< search, dns1, dns2, dns3
  std::string timezone = "Europe/Vienna";
  Named<Service> services;
  std::deque<std::string> syslog;  ///< oldest first
  std::vector<Certificate> certificates;
  std::vector<Update> updates;
  std::vector<PhysicalDisk> disks;
  Config subscription;               ///< empty: none
  Named<Config> volume_groups = {};  ///< made by a caller, with `device` and `size` in bytes
  Named<Config> thin_pools = {};     ///< the same, on a volume group of that name
  Named<Config> zpools = {};         ///< with `devices`, `size` and `raidlevel`
  Named<Config> directories = {};    ///< mounted at /mnt/pve/NAME, with `device` and `type`
  Config repositories = {};          ///< "1" or "0" by handle, where a caller added or switched one
  Config options = {};               ///< the file `config` of the node: description, wakeonlan, acme, …
  std::string hosts = {};            ///< /etc/hosts; empty: as the installer writes it
  /// Whether a reboot or shutdown task has switched the node off. A fault can do that too: see State::online.
  bool off = false;
};

struct Pool {
  std::string comment;
  std::set<std::string, std::less<>> storages;  ///< guests are in Guest::pool
};

struct Token {
  std::string secret;
  std::string comment;
  std::int64_t expire = 0;  ///< seconds since 1970; 0: never
  bool privsep = true;
};

struct User {
  Config properties;  ///< comment, email, firstname, lastname, keys
  std::set<std::string, std::less<>> groups;
  Named<Token> tokens;
  std::string password;
  std::int64_t expire = 0;
  bool enabled = true;
  std::string totp = {};       ///< the secret of the second factor, base32; empty: it has none
  std::int64_t totp_used = 0;  ///< the step of the newest code that was accepted
  unsigned totp_failures = 0;  ///< wrong codes since then
};

struct Group {
  std::string comment;
};

struct Role {
  std::set<std::string, std::less<>> privileges;
  bool special = false;  ///< built in
};

/// A login. The state keeps it by the text of the ticket.
struct Ticket {
  std::string user;
  std::string csrf;
  std::int64_t expire = 0;
  bool needs_tfa = false;  ///< opens nothing; only the second call of a login takes it
};

struct Acl {
  std::string path;
  std::string type;  ///< user, group, token
  std::string ugid;
  std::string role;
  bool propagate = true;
};

struct IpSet {
  std::string comment;
  Named<Config> entries;  ///< by cidr: comment, nomatch
};

/// The firewall of the cluster, of a node or of a guest.
struct Firewall {
  Config options;
  std::vector<Config> rules;  ///< in order of position; without `pos` and `digest`
  Named<Config> aliases;      ///< cidr, comment
  Named<IpSet> ipsets;
};

struct SecurityGroup {
  std::string comment;
  std::vector<Config> rules;
};

/// /etc/network/interfaces of a node.
struct Network {
  Named<Config> active;  ///< by iface: type, method, cidr, bridge_ports, autostart, …
  Named<Config> staged;  ///< of interfaces.new; valid when `changed`
  bool changed = false;
};

struct ClusterLogLine {
  std::int64_t time = 0;
  std::string node;
  std::string user;
  std::string tag;
  std::string message;
  unsigned pid = 0;
  unsigned priority = 6;
  std::uint64_t uid = 0;
};

/// The state of a resource in HA's managers.
struct HaService {
  /// started, request_stop, stopped, migrate, relocate, error; empty: queued.
  std::string crm = {};
  std::string target = {};  ///< node of a requested move
  bool stop_asked = false;  ///< the next round sets the resource's state to `stopped`
  bool hard = false;        ///< a stop without a shutdown
  bool settled = false;     ///< the guest is as the resource's state wants it
  unsigned failures = 0;    ///< starts in a row that failed
  unsigned request = 0;     ///< the number of the last request
};

/// Work that the cluster does at a given time, outside of a task.
struct Later {
  std::int64_t at_ms = 0;
  std::function<void(State&)> work;
};

struct State {
  Options options;
  const base::Clock* clock = nullptr;
  std::int64_t now_ms = 0;  ///< milliseconds since 1970: the time of the call or of the event that runs
  std::mt19937_64 random;
  Faults faults;

  std::string cluster_name = "demo";
  std::string local_node = "pve1";  ///< the node that answers the calls
  Named<Node> nodes;
  std::map<unsigned, Guest> guests;
  std::map<unsigned, AgentState> agents;  ///< of the VMs whose agent was used
  /// The guests' names that each node's pvestatd last sent to the cluster, which it does every ten seconds. A
  /// name outlives its guest, so a new guest with the same id shows it at first.
  std::map<unsigned, std::string> told_names;
  std::int64_t told_ms = 0;
  Named<Storage> storages;
  Volumes volumes;
  Named<Pool> pools;

  Named<User> users;
  Named<Group> groups;
  Named<Role> roles;
  Named<Config> realms;  ///< type, comment, default, tfa
  std::vector<Acl> acls;
  Named<Ticket> tickets;

  std::deque<Task> tasks;  ///< newest first
  std::vector<Later> later;
  unsigned next_pid = 1000;
  std::deque<ClusterLogLine> log;  ///< newest first
  Config datacenter;               ///< datacenter.cfg

  Named<Config> backup_jobs;     ///< by id
  Named<Config> replications;    ///< by id "100-0"
  Named<Config> ha_resources;    ///< by sid "vm:100": state, group, max_restart, comment, …
  Named<HaService> ha_services;  ///< by sid; may lack a resource at rest
  Named<Config> ha_rules;        ///< by rule id; since PVE 9
  Named<Config> ha_groups;       ///< by name; until PVE 8
  Named<Config> metric_servers;  ///< by id
  /// Endpoints and matchers by name, with a `type`; the items of a list are lines.
  Named<Config> notifications = builtin_notifications();
  Mappings mappings;
  Sdn sdn;
  Acme acme;
  /// When a replication job last ran because a caller asked for it, in seconds since 1970.
  Named<std::int64_t> replicated;
  Named<Config> realm_syncs;  ///< jobs, by id
  Named<Config> cpu_models;   ///< that the cluster defines, by name without "custom-"
  Firewall firewall;          ///< of the cluster
  Named<SecurityGroup> security_groups;
  Named<Firewall> node_firewalls;
  std::map<unsigned, Firewall> guest_firewalls;
  Named<Firewall> vnet_firewalls;
  Named<Network> networks;  ///< by node

  bool is_pve(facts::Version or_newer) const { return options.pve >= or_newer; }
  /// Seconds since 1970.
  std::int64_t now() const { return now_ms / 1000; }
  /// Nullptr if it does not exist.
  Guest* guest(unsigned vmid);
  Node* node(std::string_view name);
  Storage* storage(std::string_view id);
  bool online(std::string_view node) const;
  /// Whether the cluster's lists show the node as online. They show a death late, and without quorum a node
  /// sees only itself.
  bool seems_online(std::string_view node) const;
  /// Now, or the time of the node's death, in seconds since 1970.
  std::int64_t last_seen(std::string_view node) const;
  /// The guest's name in the cluster's lists, which is up to ten seconds old. Nullptr if they have none yet.
  const std::string* told_name(const Guest& guest) const;
  /// Sends all names to the cluster's lists, if ten seconds have passed since the last time.
  void tell_names();
  /// Whether the cluster has quorum. It can write only then.
  bool quorate() const;
  Volume* volume(std::string_view volid, std::string_view node);
  /// `node` is ignored for a shared storage.
  void put_volume(Volume volume);
  bool drop_volume(std::string_view volid, std::string_view node);
  /// The first free name "storage:vm-100-disk-N" (or base-, subvol-).
  std::string free_volid(std::string_view storage, unsigned vmid, std::string_view node,
                         std::string_view prefix = "vm") const;
};

/// The cluster that `options.world` describes, always the same for one seed and time. The error is a sentence
/// about what is wrong with the text.
std::expected<State, std::string> load_world(const Options& options, const base::Clock& clock);

}  // namespace simulator
