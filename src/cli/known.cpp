#include "cli/known.h"

#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "engine/row/confirm.h"
#include "engine/row/output.h"
#include "insight/findings.h"
#include "simulator/release.h"
#include "tool/tool.h"

namespace cli {
namespace {

std::vector<std::string_view> category_names(bool with_opt_in) {
  std::vector<std::string_view> names;
  for (const auto& category : catalog::categories()) {
    if (with_opt_in || !category.opt_in) names.push_back(category.name);
  }
  return names;
}

std::vector<std::string_view> names_with_tools() {
  std::vector<std::string_view> names;
  for (const auto& category : catalog::categories()) {
    if (!category.tools.empty()) names.push_back(category.name);
  }
  return names;
}

std::vector<std::string_view> tool_names() {
  std::vector<std::string_view> names;
  for (const auto& category : catalog::categories()) {
    for (const auto& tool : category.tools) names.push_back(tool.name);
  }
  return names;
}

}  // namespace

const config::Known& known() {
  static const auto all = category_names(true);
  static const auto usual = category_names(false);
  static const auto tools = tool_names();
  static const auto with_tools = names_with_tools();
  static const config::Known words{tool::kTierNames,
                                   all,
                                   usual,
                                   engine::kOutputNames,
                                   engine::kConfirmNames,
                                   simulator::release_names(),
                                   insight::finding_codes(),
                                   tools,
                                   engine::kApprovalNames,
                                   with_tools};
  return words;
}

}  // namespace cli
