#include "facts/facts.h"

#include <algorithm>
#include <mutex>
#include <span>

#include "base/number.h"
#include "base/text.h"
#include "facts/embedded.h"
#include "facts/forms.h"
#include "facts/parse.h"

namespace facts {
namespace {

struct Head {
  std::string_view path;
  base::Method method;
  Lifetime lifetime;
  std::string_view block;  ///< the endpoint's lines
};

bool before(const Head& a, const Head& b) { return a.path != b.path ? a.path < b.path : a.method < b.method; }

/// The versions stand first behind the name.
Lifetime lifetime_of(std::string_view fields) {
  Lifetime lifetime;
  while (fields.starts_with("since=") || fields.starts_with("until=")) {
    const auto end = std::min(fields.find('\t'), fields.size());
    read_lifetime(fields.substr(0, end), lifetime);
    fields.remove_prefix(std::min(end + 1, fields.size()));
  }
  return lifetime;
}

/// Where each endpoint's lines are; parameters are not looked at.
std::vector<Head> scan(std::string_view text, Version& version) {
  std::vector<Head> heads;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    const auto line = text.substr(begin, end - begin);
    if (!line.empty() && line.front() != '\t' && line.front() != '#') {
      const auto name = line.substr(0, line.find('\t'));
      const auto rest = line.substr(std::min(line.size(), name.size() + 1));
      const auto blank = name.find(' ');
      if (name == "version") {
        version = parse_version(rest).value_or(Version{});
      } else if (const auto method = base::method_named(name.substr(0, blank));
                 method && blank != std::string_view::npos) {
        heads.push_back({name.substr(blank + 1), *method, lifetime_of(rest), text.substr(begin)});
      }
    }
    begin = end + 1;
  }
  for (std::size_t i = 0; i + 1 < heads.size(); ++i) {
    heads[i].block =
        heads[i].block.substr(0, static_cast<std::size_t>(heads[i + 1].block.data() - heads[i].block.data()));
  }
  if (!std::ranges::is_sorted(heads, before)) std::ranges::sort(heads, before);
  return heads;
}

bool variable(std::string_view segment) { return segment.starts_with('{') && segment.ends_with('}'); }

/// PVE reads the rest of the path as one value for these, since volume ids and networks have slashes.
bool takes_slashes(std::string_view segment) { return segment == "{volume}" || segment == "{cidr}"; }

/// The segments of a path. PVE tolerates doubled and trailing slashes.
std::vector<std::string_view> segments(std::string_view path) {
  auto parts = base::split(path, '/');
  std::erase(parts, std::string_view());
  return parts;
}

/// One level of all path templates, for routing.
struct Node {
  std::vector<std::pair<std::string_view, std::unique_ptr<Node>>> literals;
  std::unique_ptr<Node> any;
  bool takes_rest = false;
  struct Offer {
    base::Method method;
    Lifetime lifetime;
    std::size_t index;
  };
  std::vector<Offer> endpoints;

  Node& child(std::string_view segment) {
    if (variable(segment)) {
      if (!any) any = std::make_unique<Node>();
      any->takes_rest = any->takes_rest || takes_slashes(segment);
      return *any;
    }
    for (const auto& [name, node] : literals) {
      if (name == segment) return *node;
    }
    return *literals.emplace_back(segment, std::make_unique<Node>()).second;
  }
};

std::optional<std::size_t> walk(const Node& node, base::Method method, Version as_of,
                                std::span<const std::string_view> rest) {
  if (rest.empty()) {
    for (const auto& offer : node.endpoints) {
      if (offer.method == method && offer.lifetime.covers(as_of)) return offer.index;
    }
    return std::nullopt;
  }
  for (const auto& [name, child] : node.literals) {
    if (name == rest.front()) return walk(*child, method, as_of, rest.subspan(1));
  }
  if (!node.any) return std::nullopt;
  return walk(*node.any, method, as_of, rest.subspan(node.any->takes_rest ? rest.size() : 1));
}

const Parameter* named(std::span<const Parameter> parameters, std::string_view name) {
  for (const auto& parameter : parameters) {
    if (!parameter.indexed && parameter.name == name) return &parameter;
  }
  const auto digits = name.find_last_not_of("0123456789") + 1;
  const auto index = name.substr(digits);
  const auto number = base::parse_number<unsigned>(index);
  if (!number || (index.size() > 1 && index.front() == '0')) return nullptr;
  for (const auto& parameter : parameters) {
    if (parameter.indexed && parameter.name == name.substr(0, digits)) {
      return parameter.count == 0 || *number < parameter.count ? &parameter : nullptr;
    }
  }
  return nullptr;
}

}  // namespace

struct Facts::Index {
  struct Slot {
    std::once_flag once;
    std::unique_ptr<const Endpoint> endpoint;
  };

  explicit Index(std::string_view facts) : text(facts), forms(facts) {}

  void prepare() {
    std::call_once(scanned, [this] {
      heads = scan(text, version);
      slots = std::make_unique<Slot[]>(heads.size());
    });
  }

  const Endpoint* endpoint(std::size_t index) {
    auto& slot = slots[index];
    std::call_once(slot.once, [&] {
      auto endpoint = parse_endpoint(heads[index].block);
      for (auto* const list : {&endpoint.parameters, &endpoint.former}) {
        for (auto& parameter : *list) parameter.forms = &forms;
      }
      slot.endpoint = std::make_unique<const Endpoint>(std::move(endpoint));
    });
    return slot.endpoint.get();
  }

  const Node& routes() {
    std::call_once(routed, [this] {
      for (std::size_t i = 0; i < heads.size(); ++i) {
        auto* node = &root;
        for (const auto segment : segments(heads[i].path)) node = &node->child(segment);
        node->endpoints.push_back({heads[i].method, heads[i].lifetime, i});
      }
    });
    return root;
  }

  std::string_view text;
  Version version;
  std::once_flag scanned;
  std::vector<Head> heads;
  std::unique_ptr<Slot[]> slots;
  Forms forms;
  std::once_flag routed;
  Node root;
};

Facts::Facts() : Facts(embedded()) {}
Facts::Facts(std::string_view text) : index_(std::make_unique<Index>(text)) {}
Facts::~Facts() = default;

Version Facts::version() const {
  index_->prepare();
  return index_->version;
}

std::vector<Listed> Facts::list() const {
  index_->prepare();
  std::vector<Listed> all;
  all.reserve(index_->heads.size());
  for (const auto& head : index_->heads) all.push_back({head.method, head.path, head.lifetime});
  return all;
}

const Endpoint* Facts::find(base::Method method, std::string_view path, std::optional<Version> as_of) const {
  index_->prepare();
  const auto& heads = index_->heads;
  const auto found = std::ranges::lower_bound(heads, Head{path, method, {}, {}}, before);
  if (found == heads.end() || found->path != path || found->method != method) return nullptr;
  if (!found->lifetime.covers(as_of.value_or(index_->version))) return nullptr;
  return index_->endpoint(static_cast<std::size_t>(found - heads.begin()));
}

std::optional<Route> Facts::route(base::Method method, std::string_view path,
                                  std::optional<Version> as_of) const {
  index_->prepare();
  const auto parts = segments(path);
  const auto found = walk(index_->routes(), method, as_of.value_or(index_->version), parts);
  if (!found) return std::nullopt;
  Route route{index_->endpoint(*found), {}};
  const auto names = segments(route.endpoint->path);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!variable(names[i])) continue;
    const auto& last = takes_slashes(names[i]) ? parts.back() : parts[i];
    const auto begin = static_cast<std::size_t>(parts[i].data() - path.data());
    const auto end = static_cast<std::size_t>(last.data() - path.data()) + last.size();
    route.values.emplace_back(names[i].substr(1, names[i].size() - 2),
                              std::string(path.substr(begin, end - begin)));
  }
  return route;
}

const Parameter* Endpoint::parameter(std::string_view name) const { return named(parameters, name); }

const Parameter* Endpoint::former_parameter(std::string_view name) const { return named(former, name); }

std::vector<std::string_view> values_of(const Parameter& parameter, Version version) {
  auto values = parameter.values;
  for (const auto& [value, lifetime] : parameter.dated_values) {
    if (!lifetime.covers(version)) std::erase(values, value);
    if (lifetime.until && lifetime.covers(version)) values.push_back(value);
  }
  return values;
}

}  // namespace facts
