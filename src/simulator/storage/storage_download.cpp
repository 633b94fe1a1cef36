// Files that a node fetches from a web server, and volumes that a caller allocates. Servers on the
// node itself refuse connections and names below ".invalid" do not resolve; all others have each file.
#include <fmt/format.h>

#include <array>

#include "base/number.h"
#include "base/text.h"
#include "simulator/core/routes.h"
#include "simulator/core/tasks.h"
#include "simulator/core/time_text.h"
#include "simulator/storage/storage_volume.h"

namespace simulator {
namespace {

using base::JsonObject;

constexpr std::uint64_t kFileSize = 415'236'096;

/// The server in "https://example.com:8443/a.iso", and its port.
struct Server {
  std::string host;
  std::string port;
};

Server server_of(std::string_view url) {
  const bool tls = url.starts_with("https");
  auto rest = url.substr(url.find("://") + 3);
  rest = rest.substr(0, rest.find('/'));
  const auto colon = rest.find(':');
  if (colon == std::string_view::npos) return {std::string(rest), tls ? "443" : "80"};
  return {std::string(rest.substr(0, colon)), std::string(rest.substr(colon + 1))};
}

enum class Reach : std::uint8_t { Answers, Refuses, Unknown };

Reach reach(const Server& server) {
  if (server.host.ends_with(".invalid")) return Reach::Unknown;
  return server.host.starts_with("127.") || server.host == "localhost" ? Reach::Refuses : Reach::Answers;
}

std::string name_in(std::string_view url) {
  url = url.substr(0, url.find('?'));
  return std::string(url.substr(url.rfind('/') + 1));
}

std::string_view type_of(std::string_view name) {
  if (name.ends_with(".iso")) return "application/x-iso9660-image";
  return name.empty() ? "text/html" : "application/octet-stream";
}

Answer metadata(Call& call) {
  const auto url = call.parameters.text("url");
  const auto server = server_of(url);
  const auto state = reach(server);
  if (state != Reach::Answers) {
    return Answer::fail(
        fmt::format("invalid server response: '500 Can't connect to {}:{} ({})'", server.host, server.port,
                    state == Reach::Refuses ? "Connection refused" : "Temporary failure in name resolution"));
  }
  const auto name = name_in(url);
  JsonObject data{{"size", kFileSize}, {"mimetype", type_of(name)}};
  if (!name.empty()) data["filename"] = name;
  return Answer::of(std::move(data));
}

bool has_extension(std::string_view name, std::string_view content) {
  const auto any = [&](std::initializer_list<std::string_view> ends) {
    return std::ranges::any_of(ends, [&](std::string_view end) { return name.ends_with(end); });
  };
  if (content == "iso") return any({".iso", ".img"});
  if (content == "vztmpl") return any({".tar.gz", ".tar.xz", ".tar.zst"});
  return any({".ova", ".qcow2", ".raw", ".vmdk"});
}

/// The log of the program that fetches the file, up to where it fails.
TaskEnd fetch(State& state, const std::string& url, const std::string& path, const Volume& volume) {
  const auto server = server_of(url);
  TaskEnd end;
  end.log = {fmt::format("--{}--  {}", log_time(state.now()), url)};
  if (reach(server) == Reach::Unknown) {
    end.log.push_back(
        fmt::format("Resolving {0} ({0})... failed: Temporary failure in name resolution.", server.host));
    end.status = fmt::format("download failed: wget: unable to resolve host address '{}'", server.host);
    return end;
  }
  if (reach(server) == Reach::Refuses) {
    end.status = fmt::format("download failed: Connecting to {}:{}... failed: Connection refused.",
                             server.host, server.port);
    return end;
  }
  state.put_volume(volume);
  end.log.push_back(fmt::format("Connecting to {}:{}... connected.", server.host, server.port));
  end.log.emplace_back("HTTP request sent, awaiting response... 200 OK");
  end.log.push_back(fmt::format("Length: {} [{}]", kFileSize, type_of(volume.volid)));
  end.log.push_back(fmt::format("download of '{}' to '{}' finished", url, path));
  return end;
}

Answer download(Call& call) {
  const auto& parameters = call.parameters;
  for (const auto& [one, other] :
       {std::pair("checksum", "checksum-algorithm"), std::pair("checksum-algorithm", "checksum")}) {
    if (parameters.has(one) && !parameters.has(other)) {
      return Answer::bad(other, fmt::format("missing property required by '{}'", one));
    }
  }
  const auto id = parameters.text("storage");
  const auto* const storage = call.state.storage(id);
  if (storage == nullptr) return Answer::fail(fmt::format("storage '{}' does not exist", id));
  const auto content = parameters.text("content");
  if (!storage->holds(content)) {
    return Answer::fail(fmt::format("storage '{}' is not configured for content-type '{}'", id, content));
  }
  const auto given = parameters.text("filename");
  const auto file = given.substr(given.rfind('/') + 1);
  if (!has_extension(file, content)) return Answer::bad("filename", "wrong file extension");
  Volume volume;
  volume.volid = fmt::format("{}:{}/{}", id, content, file);
  volume.node = storage->shared() ? "" : call.node();
  volume.content = content;
  volume.format = content == "iso" ? "iso" : file.substr(file.rfind('.') + 1);
  volume.size = kFileSize;
  volume.ctime = call.state.now();
  const auto url = parameters.text("url");
  const auto path = volume_path(*storage, parse_volume_name(volume.volid));
  std::vector<std::string> first{fmt::format("downloading {} to {}", url, path)};
  if (call.state.volume(volume.volid, call.node()) != nullptr) {
    return run_task(
        call, "download", file, std::chrono::milliseconds(200),
        [path](State&) { return TaskEnd{fmt::format("refusing to override existing file '{}'", path), {}}; },
        std::move(first));
  }
  return run_task(
      call, "download", file, std::chrono::seconds(8),
      [url, path, volume](State& state) { return fetch(state, url, path, volume); }, std::move(first));
}

/// A size is in KiB unless it has a unit.
Answer allocate_volume(Call& call) {
  const auto id = call.parameters.text("storage");
  auto* const storage = call.state.storage(id);
  if (storage == nullptr) return Answer::fail(fmt::format("storage '{}' does not exist", id));
  const auto vmid = call.vmid();
  const auto file = call.parameters.text("filename");
  const bool files = has(storage->config, "path") || storage->type() == "nfs" || storage->type() == "cifs";
  Volume volume;
  volume.volid = files ? fmt::format("{}:{}/{}", id, vmid, file) : fmt::format("{}:{}", id, file);
  volume.node = storage->shared() ? "" : call.node();
  volume.content = "images";
  volume.format = call.parameters.text("format", file.ends_with(".qcow2") ? "qcow2" : "raw");
  const auto size = call.parameters.text("size");
  const bool unit = size.ends_with('M') || size.ends_with('G');
  volume.size = parse_size(unit ? size : size + "K");
  volume.vmid = vmid;
  volume.ctime = call.state.now();
  if (call.state.volume(volume.volid, call.node()) != nullptr) {
    const auto path = volume_path(*storage, parse_volume_name(volume.volid));
    return Answer::fail(fmt::format("disk image '{}' already exists", path));
  }
  call.state.put_volume(volume);
  return Answer::of(base::Json(volume.volid));
}

using enum base::Method;
constexpr Route kDownloadRoutes[] = {
    {Get, "/nodes/{node}/query-url-metadata", metadata},
    {Post, "/nodes/{node}/storage/{storage}/download-url", download},
    {Post, "/nodes/{node}/storage/{storage}/content", allocate_volume},
};

}  // namespace

std::span<const Route> download_routes() { return kDownloadRoutes; }

}  // namespace simulator
