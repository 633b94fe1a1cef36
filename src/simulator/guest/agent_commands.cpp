// Commands and files inside a VM, by its agent. The agent takes and gives bytes, which PVE sees as Latin-1.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/base64.h"
#include "base/text.h"
#include "simulator/core/routes.h"
#include "simulator/core/tasks.h"
#include "simulator/guest/guest.h"
#include "simulator/guest/guest_agent.h"

namespace simulator {
namespace {

using base::JsonObject;

/// The text with each byte as one character.
std::string from_latin1(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    if (value < 0x80) {
      text += byte;
    } else {
      text += static_cast<char>(0xC0U | (value >> 6U));
      text += static_cast<char>(0x80U | (value & 0x3FU));
    }
  }
  return text;
}

/// One byte for each character of the UTF-8 text; nullopt if a character is above U+00FF.
std::optional<std::string> to_latin1(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto first = static_cast<unsigned char>(text[i]);
    if (first < 0x80) {
      bytes += text[i];
    } else if (first <= 0xC3 && i + 1 < text.size()) {
      const auto second = static_cast<unsigned char>(text[++i]);
      bytes += static_cast<char>(((first & 0x03U) << 6U) | (second & 0x3FU));
    } else {
      return std::nullopt;
    }
  }
  return bytes;
}

using Words = std::vector<std::string>;

std::string rest_of(const Words& words, std::size_t from) {
  std::string text;
  for (std::size_t i = from; i < words.size(); ++i) text += (i == from ? "" : " ") + words[i];
  return text;
}

/// The programs that the simulated guest has. Nullopt if it lacks this one.
std::optional<AgentProcess> run(const Guest& guest, const AgentState& agent, Words words,
                                const std::string& input);

/// A shell that knows commands one after the other, and ">&2".
AgentProcess run_shell(const Guest& guest, const AgentState& agent, std::string_view script) {
  AgentProcess all;
  for (const auto part : base::split(script, ';')) {
    Words words;
    for (const auto word : base::split(part, ' ')) {
      if (!word.empty()) words.emplace_back(word);
    }
    if (words.empty()) continue;
    if (words.front() == "exit") {
      all.exit_code = words.size() > 1 && words[1] != "0" ? static_cast<int>(words[1].front() - '0') : 0;
      break;
    }
    const bool to_error = words.back() == ">&2";
    if (to_error) words.pop_back();
    const auto name = words.front();
    auto one = run(guest, agent, std::move(words), {});
    if (!one) one = AgentProcess{0, 127, {}, fmt::format("/bin/sh: {}: not found\n", name)};
    all.exit_code = one->exit_code;
    all.err += to_error ? one->out : one->err;
    if (!to_error) all.out += one->out;
  }
  return all;
}

std::optional<AgentProcess> run(const Guest& guest, const AgentState& agent, Words words,
                                const std::string& input) {
  auto program = words.front().substr(words.front().rfind('/') + 1);
  if (program == "busybox" && words.size() > 1) {
    words.erase(words.begin());
    program = words.front();
  }
  const auto host = std::string(guest.name());
  if (program == "echo") return AgentProcess{0, 0, rest_of(words, 1) + "\n", {}};
  if (program == "true") return AgentProcess{};
  if (program == "false") return AgentProcess{0, 1, {}, {}};
  if (program == "hostname") return AgentProcess{0, 0, host + "\n", {}};
  if (program == "whoami") return AgentProcess{0, 0, "root\n", {}};
  if (program == "id") return AgentProcess{0, 0, "uid=0(root) gid=0(root) groups=0(root)\n", {}};
  if (program == "uname") {
    return AgentProcess{0, 0, fmt::format("Linux {} 6.12.57+deb13-amd64 x86_64 GNU/Linux\n", host), {}};
  }
  if (program == "df") {
    return AgentProcess{0,
                        0,
                        "Filesystem     1K-blocks    Used Available Use% Mounted on\n"
                        "/dev/sda1       32896880 9876543  21326784  32% /\n",
                        {}};
  }
  if (program == "systemctl" || program == "sync" || program == "growpart" || program == "resize2fs") {
    return AgentProcess{};
  }
  if (program == "sh" || program == "bash") return run_shell(guest, agent, rest_of(words, 2));
  if (program != "cat") return std::nullopt;
  if (words.size() == 1) return AgentProcess{0, 0, input, {}};
  const auto file = agent.files.find(words[1]);
  if (file != agent.files.end()) return AgentProcess{0, 0, file->second, {}};
  return AgentProcess{0, 1, {}, fmt::format("cat: {}: No such file or directory\n", words[1])};
}

/// The files that every simulated guest has.
AgentState& agent_of(State& state, const Guest& guest) {
  auto& agent = state.agents[guest.vmid];
  agent.files.try_emplace("/etc/hostname", std::string(guest.name()) + "\n");
  agent.files.try_emplace("/etc/os-release",
                          "PRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\nID=debian\nVERSION_ID=\"13\"\n");
  return agent;
}

std::int64_t seconds_of(const Words& words) {
  if (words.size() != 2 || !words[0].ends_with("sleep")) return 0;
  return get_number({{"time", words[1]}}, "time");
}

/// As recorded: such a command stops the agent for the host, and PVE gives up after a while.
Answer agent_dies(Call& call, unsigned vmid) {
  call.state.guest(vmid)->has_agent = false;
  later(call.state, std::chrono::minutes(2), [vmid](State& state) {
    if (auto* const guest = state.guest(vmid)) guest->has_agent = true;
  });
  return Answer::fail(fmt::format("VM {} qga command 'guest-exec' failed - got timeout", vmid));
}

Answer broken_pipe() {
  auto answer = Answer::fail("Broken pipe", 596);
  answer.bare = true;
  answer.delay = std::chrono::seconds(5);
  return answer;
}

Answer execute(Call& call) {
  const auto found = with_agent(call);
  if (!found) return found.error();
  const auto& guest = **found;
  const auto words = call.parameters.all().find("command")->second;
  const auto input = to_latin1(call.parameters.text("input-data"));
  if (!input) {
    return Answer::fail(
        "Wide character in subroutine entry at /usr/share/perl5/PVE/QemuServer/Agent.pm line 135.");
  }
  if (!std::ranges::all_of(words, [](const std::string& word) { return to_latin1(word).has_value(); })) {
    return agent_dies(call, guest.vmid);
  }
  auto& agent = agent_of(call.state, guest);
  const auto wait = seconds_of(words);
  auto process = wait > 0 ? AgentProcess() : run(guest, agent, words, *input);
  // PVE cannot read the agent's message about a program that does not exist.
  if (!process) return broken_pipe();
  process->end_ms = call.state.now_ms + wait * 1000;
  const auto pid = agent.next_pid;
  agent.next_pid += 2;
  agent.processes[pid] = std::move(*process);
  return Answer::of(JsonObject{{"pid", pid}});
}

/// The agent forgets a process once it has told how it ended.
Answer execute_status(Call& call) {
  const auto found = with_agent(call);
  if (!found) return found.error();
  auto& processes = agent_of(call.state, **found).processes;
  const auto process = processes.find(call.parameters.number("pid"));
  if (process == processes.end()) return Answer::fail("Agent error: Invalid parameter 'pid'");
  if (process->second.end_ms > call.state.now_ms) return Answer::of(JsonObject{{"exited", 0}});
  const auto ended = std::move(processes.extract(process).mapped());
  JsonObject data{{"exited", 1}, {"exitcode", ended.exit_code}};
  const auto add = [&](std::string_view stream, const std::string& text) {
    if (text.empty()) return;
    data[fmt::format("{}-data", stream)] = from_latin1(text);
    data[fmt::format("{}-truncated", stream)] = 0;
  };
  add("out", ended.out);
  add("err", ended.err);
  return Answer::of(std::move(data));
}

Answer read_file(Call& call) {
  const auto found = with_agent(call);
  if (!found) return found.error();
  const auto path = call.parameters.text("file");
  const auto& files = agent_of(call.state, **found).files;
  const auto file = files.find(path);
  if (file == files.end()) {
    if (path == "/" || path == "/etc" || path == "/tmp") {
      return Answer::fail("Agent error: failed to read file: Is a directory");
    }
    return Answer::fail(
        fmt::format("Agent error: failed to open file '{}' (mode: 'r'): No such file or directory", path));
  }
  const auto offset = static_cast<std::size_t>(call.parameters.number("offset", 0));
  const auto count = static_cast<std::size_t>(call.parameters.number("count", 16'777'216));
  const auto bytes = std::string_view(file->second).substr(std::min(offset, file->second.size()), count);
  JsonObject data{{"bytes-read", bytes.size()}};
  if (call.parameters.flag("decode", true)) {
    data["content"] = from_latin1(bytes);
  } else {
    std::string encoded;
    base::append_base64(bytes, encoded);
    data["content"] = encoded;
  }
  if (offset + bytes.size() < file->second.size()) data["truncated"] = 1;
  return Answer::of(std::move(data));
}

Answer write_file(Call& call) {
  const auto found = with_agent(call);
  if (!found) return found.error();
  const auto content = call.parameters.text("content");
  const auto bytes = call.parameters.flag("encode", true) ? to_latin1(content) : base::from_base64(content);
  if (!bytes) {
    return Answer::fail(
        "Wide character in subroutine entry at /usr/share/perl5/PVE/API2/Qemu/Agent.pm line 624.");
  }
  agent_of(call.state, **found).files[call.parameters.text("file")] = *bytes;
  return Answer::of();
}

using enum base::Method;
constexpr Route kAgentCommandRoutes[] = {
    {Post, "/nodes/{node}/qemu/{vmid}/agent/exec", execute},
    {Get, "/nodes/{node}/qemu/{vmid}/agent/exec-status", execute_status},
    {Get, "/nodes/{node}/qemu/{vmid}/agent/file-read", read_file},
    {Post, "/nodes/{node}/qemu/{vmid}/agent/file-write", write_file},
};

}  // namespace

std::span<const Route> agent_command_routes() { return kAgentCommandRoutes; }

}  // namespace simulator
