#include "hooks/hooks.h"

#include "base/json_read.h"
#include "base/text.h"

namespace hooks {

std::expected<void, std::string> clean_acl_path(tool::Context& /*context*/, base::JsonObject& arguments) {
  std::string clean;
  for (const auto part : base::split(base::raw_text(arguments, "path"), '/')) {
    if (!part.empty()) clean.append("/").append(part);
  }
  arguments["path"] = clean.empty() ? "/" : clean;
  return {};
}

}  // namespace hooks
