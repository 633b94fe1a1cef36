#include "simulator/support.h"

#include "base/text.h"

namespace simulator {

const base::Json& Got::data() const {
  static const base::Json kNull;
  const auto* const object = body.if_object();
  const auto* const found = object == nullptr ? nullptr : object->if_contains("data");
  return found == nullptr ? kNull : *found;
}

std::string Got::error(std::string_view parameter) const {
  const auto* const object = body.if_object();
  const auto* const errors = object == nullptr ? nullptr : object->if_contains("errors");
  const auto* const found =
      errors == nullptr || !errors->is_object() ? nullptr : errors->get_object().if_contains(parameter);
  return found == nullptr || !found->is_string() ? std::string() : std::string(found->get_string());
}

std::string Got::upid() const {
  return data().is_string() ? std::string(data().get_string()) : std::string();
}

const facts::Facts& test_facts() {
  static const facts::Facts facts;
  return facts;
}

namespace {

Options options_for(double task_speed, unsigned guests, facts::Version pve) {
  Options options;
  options.task_speed = task_speed;
  options.guests = guests;
  options.pve = pve;
  return options;
}

std::string form(const Form& parameters) {
  std::string out;
  for (const auto& [name, value] : parameters) {
    if (!out.empty()) out += '&';
    out += base::percent_encode(name) + "=" + base::percent_encode(value);
  }
  return out;
}

}  // namespace

Demo::Demo(double task_speed, unsigned guests, facts::Version pve)
    : cluster_(options_for(task_speed, guests, pve), test_facts(), clock_) {
  as_root();
}

Got Demo::raw(const net::Request& request) {
  auto reply = cluster_.handle(request);
  Got got;
  got.status = reply.response.status;
  got.reason = reply.response.reason;
  got.text = reply.response.body;
  if (auto parsed = base::parse_json(got.text)) got.body = std::move(*parsed);
  got.headers = reply.response.headers;
  got.delay = reply.delay;
  got.drop = reply.drop;
  return got;
}

Got Demo::call(base::Method method, std::string_view path, const Form& parameters) {
  net::Request request;
  request.method = method;
  request.target = "/api2/json" + std::string(path);
  if (!token_.empty()) request.headers.emplace_back("Authorization", "PVEAPIToken=" + token_);
  const auto text = form(parameters);
  if (method == base::Method::Get || method == base::Method::Delete) {
    if (!text.empty()) request.target += "?" + text;
  } else {
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    request.body = text;
  }
  return raw(request);
}

Got Demo::get(std::string_view path, const Form& query) { return call(base::Method::Get, path, query); }
Got Demo::post(std::string_view path, const Form& body) { return call(base::Method::Post, path, body); }
Got Demo::put(std::string_view path, const Form& body) { return call(base::Method::Put, path, body); }
Got Demo::del(std::string_view path, const Form& query) { return call(base::Method::Delete, path, query); }

namespace {

std::string task_path(const std::string& upid, std::string_view what) {
  const auto parts = base::split(upid, ':');
  const auto node = parts.size() > 1 ? std::string(parts[1]) : std::string();
  return "/nodes/" + node + "/tasks/" + base::percent_encode(upid) + "/" + std::string(what);
}

}  // namespace

std::string Demo::finish(const std::string& upid) {
  for (int i = 0; i < 1000; ++i) {
    const auto got = get(task_path(upid, "status"));
    if (got.status != 200) return got.reason;
    if (got.data().at("status") == "stopped") return std::string(got.data().at("exitstatus").get_string());
    pass(std::chrono::milliseconds(500));
  }
  return "still running";
}

std::vector<std::string> Demo::log(const std::string& upid) {
  const auto got = get(task_path(upid, "log"), {{"limit", "0"}});
  std::vector<std::string> lines;
  if (got.status != 200) return lines;
  for (const auto& row : got.data().get_array()) lines.emplace_back(row.at("t").get_string());
  return lines;
}

}  // namespace simulator
