// Any text as the terms of PVE_SCOPE and PVE_PROTECT: nothing crashes, what is refused is told on one
// harmless line, and a term with "!" never adds a guest.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "guard/terms.h"

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

const guard::GuestTraits kGuests[] = {
    {.vmid = 100, .node = "pve1", .name = "web01", .tags = {"prod", "web"}, .pools = {"shop/web"}},
    {.vmid = 999'999'999, .node = "pve2", .name = "", .tags = {}, .pools = {}},
    {.vmid = 1, .node = "*", .name = "*?", .tags = {"*"}, .pools = {"/"}},
};

void judge(std::span<const std::string> texts, std::span<const std::string_view> kinds) {
  const auto parsed = guard::Terms::parse(texts, kinds);
  if (!parsed) {
    check(base::printable(parsed.error(), parsed.error().size()) == parsed.error());
    return;
  }
  auto more = std::vector<std::string>(texts.begin(), texts.end());
  more.emplace_back("!node:pve1");
  const auto narrower = guard::Terms::parse(more, kinds);
  check(narrower.has_value());
  for (const auto& guest : kGuests) {
    const bool meant = parsed->mean(guest);
    if (parsed->mean_guests()) check(meant || !narrower->mean(guest));
    check(!narrower->mean(guest) || guest.node != "pve1");
    check(!meant || parsed->mean_guests());
  }
  parsed->mean_storage("local");
  parsed->mean_user("root@pam");
  for (std::size_t i = 0; i < guard::kKindNames.size(); ++i) parsed->allow(static_cast<guard::Kind>(i));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);  // NOLINT: bytes are the input
  std::vector<std::string> texts;
  for (const auto part : base::split(input, ',')) texts.emplace_back(part);
  judge(texts, guard::scope_kinds());
  judge(texts, guard::protect_kinds());
  return 0;
}
