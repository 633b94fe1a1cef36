// The property strings stand in the facts before the first endpoint.
#include "facts/forms.h"

#include <algorithm>

#include "facts/parse.h"
#include "facts/registered.h"

namespace facts {
namespace {

using Members = std::map<std::string_view, std::vector<Member>>;

void read_forms(std::string_view text, Members& forms) {
  constexpr std::string_view kHead = "form\t";
  const auto first = text.find("\nform\t");
  auto begin = text.starts_with(kHead) ? 0 : first == std::string_view::npos ? first : first + 1;
  while (begin != std::string_view::npos) {
    auto end = text.find('\n', begin);
    const auto name = text.substr(begin + kHead.size(), std::min(end, text.size()) - begin - kHead.size());
    const auto members = end;
    while (end != std::string_view::npos && end + 1 < text.size() && text[end + 1] == '\t') {
      end = text.find('\n', end + 1);
    }
    if (members != std::string_view::npos) {
      forms[name] = parse_form(text.substr(members, std::min(end, text.size()) - members));
    }
    const bool more = end != std::string_view::npos && text.substr(end + 1).starts_with(kHead);
    begin = more ? end + 1 : std::string_view::npos;
  }
}

}  // namespace

const std::vector<Member>* Forms::of(const Parameter& parameter) const {
  const auto name = parameter.form.empty() ? parameter.format : parameter.form;
  if (name.empty()) return nullptr;
  std::call_once(once_, [this] {
    read_forms(text_, members_);
    read_forms(registered_forms(), members_);
  });
  const auto found = members_.find(name);
  return found == members_.end() ? nullptr : &found->second;
}

const std::vector<Member>* members_of(const Parameter& parameter) {
  return parameter.forms == nullptr ? nullptr : parameter.forms->of(parameter);
}

}  // namespace facts
