#include "simulator/core/verify.h"

#include <algorithm>

#include "base/text.h"
#include "facts/formats.h"
#include "facts/property_string.h"
#include "simulator/core/permission.h"
#include "simulator/core/request.h"

namespace simulator {
namespace {

std::string got(const facts::Parameter& parameter, std::string_view what) {
  return "type check ('" + std::string(facts::name(parameter.type)) + "') failed - got " + std::string(what);
}

bool is_list(const facts::Parameter& parameter) {
  return parameter.type == facts::Type::String && parameter.format.ends_with("list");
}

std::string join_values(const std::vector<std::string>& values) {
  std::string out;
  for (const auto& value : values) out += (out.empty() ? "" : ",") + value;
  return out;
}

/// Why the value does not match the parameter's type and format, or a member of a property string its own.
std::optional<std::string> misfit(const Call& call, const std::string& name,
                                  const facts::Parameter& parameter, const std::string& value) {
  if (auto why = facts::misfit(parameter, value)) return why;
  if (const auto why = facts::written_misfit(parameter.format, value)) return "invalid format - " + *why;
  return facts::property_misfit(parameter, name, value, call.state.options.pve);
}

std::optional<std::string> error_of(Call& call, const std::string& name, const facts::Parameter& parameter,
                                    const std::vector<std::string>& values) {
  if (std::ranges::find(values, kHashMark) != values.end()) return got(parameter, "HASH");
  if (parameter.type == facts::Type::Array) {
    for (const auto& value : values) {
      if (auto why = misfit(call, name, parameter, value)) return why;
    }
    return std::nullopt;
  }
  auto value = values.empty() ? std::string() : values.front();
  if (values.size() != 1) {
    if (!is_list(parameter)) return got(parameter, "ARRAY");
    value = join_values(values);
    call.parameters.set(name, {value});
  }
  return misfit(call, name, parameter, value);
}

/// The parameter in the simulated version of PVE; nullopt if that version does not have it.
std::optional<facts::Parameter> parameter_of(const Call& call, std::string_view name) {
  const auto pve = call.state.options.pve;
  const auto* found = call.endpoint.parameter(name);
  if (found == nullptr) found = call.endpoint.former_parameter(name);
  if (found == nullptr || !found->lifetime.covers(pve)) return std::nullopt;
  auto parameter = *found;
  parameter.values = facts::values_of(*found, pve);
  return parameter;
}

}  // namespace

std::optional<Answer> verify(Call& call) {
  base::JsonObject errors;
  const auto given = call.parameters.all();
  for (const auto& [name, values] : given) {
    if (const auto parameter = parameter_of(call, name)) {
      if (auto why = error_of(call, name, *parameter, values)) errors[name] = *why;
    } else if (!call.endpoint.additional &&
               call.endpoint.path.find("{" + name + "}") == std::string_view::npos) {
      errors[name] = "property is not defined in schema and the schema does not allow additional properties";
    }
  }
  for (const auto& parameter : call.endpoint.parameters) {
    if (parameter.required && !parameter.indexed && !given.contains(parameter.name) &&
        parameter.lifetime.covers(call.state.options.pve)) {
      errors[parameter.name] = "property is missing and it is not optional";
    }
  }
  if (errors.empty()) return std::nullopt;
  auto answer = Answer::fail("Parameter verification failed.", 400);
  answer.errors = std::move(errors);
  return answer;
}

std::optional<Answer> refuse_root_only(const Call& call) {
  if (is_root_login(call)) return std::nullopt;
  for (const auto& [name, values] : call.parameters.all()) {
    const auto* const parameter = call.endpoint.parameter(name);
    if (parameter == nullptr || (parameter->marks & facts::kRootOnly) == 0) continue;
    const auto path = call.endpoint.path;
    const bool configures =
        path.ends_with("/config") || path == "/nodes/{node}/qemu" || path == "/nodes/{node}/lxc";
    if (configures && name != "skiplock") return Answer::fail("only root can set '" + name + "' config");
    const bool backup = path.starts_with("/cluster/backup") || path.ends_with("/vzdump");
    return Answer::bad(name, backup ? "Only root may set this option." : "Only root may use this option.");
  }
  return std::nullopt;
}

}  // namespace simulator
