#include "simulator/release.h"

#include <array>

namespace simulator {
namespace {

constexpr auto kReleases = std::to_array<Release>({
    {{8, 4},
     "8.4.14",
     "b502d23c55afcba1",
     "6.8.12-15-pve",
     "#1 SMP PREEMPT_DYNAMIC PMX 6.8.12-15 (2025-09-12T11:02Z)",
     "9.2.0",
     "pc-i440fx-9.2+pve1"},
    {{9, 0},
     "9.0.11",
     "3bf5476b8a4699e2",
     "6.14.11-4-pve",
     "#1 SMP PREEMPT_DYNAMIC PMX 6.14.11-4 (2025-10-10T08:04Z)",
     "10.0.2",
     "pc-i440fx-10.0+pve1"},
    {{9, 2},
     "9.2.11",
     "14a22df35955d97d",
     "6.17.2-1-pve",
     "#1 SMP PREEMPT_DYNAMIC PMX 6.17.2-1 (2026-03-21T11:55Z)",
     "10.1.2",
     "pc-i440fx-10.1+pve0"},
});

constexpr std::array<std::string_view, kReleases.size()> kNames = {"8.4", "9.0", "9.2"};

}  // namespace

std::span<const std::string_view> release_names() { return kNames; }

const Release& release_of(facts::Version version) {
  const auto* found = &kReleases.front();
  for (const auto& release : kReleases) {
    if (release.version <= version) found = &release;
  }
  return *found;
}

}  // namespace simulator
