#include "simulator/core/request.h"

#include <fmt/format.h>

#include "base/text.h"

namespace simulator {
namespace {

constexpr std::size_t kLimit = 512UL * 1024;

std::unexpected<Answer> refuse(unsigned status, std::string message) {
  return std::unexpected(Answer::fail(std::move(message), status));
}

std::string without_doubled_slashes(std::string_view path) {
  std::string out;
  for (const char c : path) {
    if (c == '/' && !out.empty() && out.back() == '/') continue;
    out += c;
  }
  if (out.size() > 1 && out.back() == '/') out.pop_back();
  return out;
}

/// A JSON scalar as a form would send it; nullopt for null.
std::optional<std::string> as_text(const base::Json& value) {
  if (value.is_bool()) return value.get_bool() ? "1" : "0";
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_null()) return std::nullopt;
  return base::write_json(value);
}

std::expected<Parameters::Values, Answer> read_json_body(std::string_view body) {
  const auto parsed = base::parse_json(body);
  if (!parsed) {
    return refuse(500,
                  "malformed JSON string, neither tag, array, object, number, string or atom, at character "
                  "offset 0 (before \"" +
                      base::printable(body.substr(0, 20)) +
                      "\") at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 1012.");
  }
  if (!parsed->is_object()) {
    return refuse(500, "Not a HASH reference at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 1016.");
  }
  Parameters::Values values;
  for (const auto& [key, value] : parsed->get_object()) {
    auto& list = values[std::string(key)];
    if (value.is_array()) {
      for (const auto& item : value.get_array()) list.push_back(as_text(item).value_or(""));
    } else if (value.is_object()) {
      list = {std::string(kHashMark)};
    } else if (auto text = as_text(value)) {
      list.push_back(std::move(*text));
    } else {
      values.erase(std::string(key));
    }
  }
  return values;
}

}  // namespace

std::expected<Target, Answer> read_target(std::string_view target) {
  const auto question = target.find('?');
  auto path = without_doubled_slashes(base::percent_decode(target.substr(0, question)));
  if (path == "/api2") return refuse(501, "no such uri");
  if (!path.starts_with("/api2/")) return refuse(500, "no such file '" + base::printable(path) + "'");
  path.erase(0, 6);
  const auto slash = path.find('/');
  Target result;
  result.format = path.substr(0, slash);
  result.path = slash == std::string::npos ? "/" : path.substr(slash);
  if (result.format != "json" && result.format != "extjs") {
    return refuse(501,
                  fmt::format("no formatter for uri {}, {}", base::printable(result.path), result.format));
  }
  if (question != std::string_view::npos) result.query = read_form(target.substr(question + 1));
  result.query.erase("_dc");
  return result;
}

Parameters::Values read_form(std::string_view text) {
  Parameters::Values values;
  while (!text.empty()) {
    const auto end = text.find_first_of("&;");
    const auto pair = text.substr(0, end);
    const auto equals = pair.find('=');
    const auto key = base::percent_decode(pair.substr(0, equals), true);
    if (!key.empty()) {
      const auto rest = equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
      values[key].push_back(base::percent_decode(rest.substr(0, rest.find('=')), true));
    }
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return values;
}

std::expected<Parameters::Values, Answer> read_body(const net::Request& request) {
  const bool takes_body = request.method == base::Method::Post || request.method == base::Method::Put;
  if (request.body.empty()) return Parameters::Values{};
  if (!takes_body) {
    return refuse(501, fmt::format("Unexpected content for method '{}'", base::name(request.method)));
  }
  if (request.body.size() > kLimit) return refuse(501, "for data too large");
  const auto header = net::find_header(request.headers, "Content-Type").value_or("");
  const auto type = base::lower_ascii(base::trim(header.substr(0, header.find(';'))));
  if (type.empty() || type == "application/x-www-form-urlencoded") return read_form(request.body);
  if (type == "application/json") return read_json_body(request.body);
  return refuse(506, fmt::format("upload 'Content-Type '{}' not implemented", base::printable(header, 80)));
}

}  // namespace simulator
