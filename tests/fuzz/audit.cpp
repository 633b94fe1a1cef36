// The audit's reader with records that anybody may have written: what it shows is harmless text, and no
// record counts that its key did not authenticate.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "state/audit_record.h"
#include "state/audit_text.h"
#include "state/chain.h"

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

const base::Digest kKey{'k'};

void is_harmless(std::string_view text) {
  check(base::is_utf8(text) && text.ends_with('\n'));
  for (const auto line : base::split(text.substr(0, text.size() - 1), '\n')) check(!base::has_control(line));
}

void show(std::string_view text) {
  const state::StoredRecord stored{1, std::string(text), "", std::string(32, 'm')};
  const auto line = state::record_json(stored);
  check(base::parse_json(line).has_value() && line.find('\n') == std::string::npos);
  check(state::time_of_record(text) == state::time_of_record(text));
  const auto record = state::parse_record(text);
  if (!record) return;
  is_harmless(state::change_text(1, *record, nullptr));
  is_harmless(state::change_text(1, *record, &*record));
  (void)state::selects({0, 4'000'000'000, "*", "1*", "pve_*"}, *record);
}

/// Genuine records with changes of the input, three bytes each: which record, where and what.
void forge(std::string_view changes) {
  std::vector<state::StoredRecord> genuine;
  auto before = state::chain_start();
  for (int number = 1; number <= 3; ++number) {
    const auto record = R"({"at":1,"of":)" + std::to_string(number) + "}";
    const auto mac = state::record_mac(kKey, number, before, record);
    genuine.push_back({number, record, state::key_id(kKey), mac});
    before = mac;
  }
  auto forged = genuine;
  for (; changes.size() >= 3; changes.remove_prefix(3)) {
    auto& stored = forged[static_cast<unsigned char>(changes[0]) % forged.size()];
    const auto where = static_cast<unsigned char>(changes[1]);
    auto& text = where % 3 == 0 ? stored.record : where % 3 == 1 ? stored.key : stored.mac;
    text[where / 3 % text.size()] = changes[2];
  }
  state::ChainCheck chain(kKey);
  bool same = true;
  for (std::size_t i = 0; i < forged.size(); ++i) {
    chain.add(forged[i]);
    same = same && forged[i].record == genuine[i].record && forged[i].key == genuine[i].key &&
           forged[i].mac == genuine[i].mac;
  }
  chain.end();
  check((chain.count() == 0) == same);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 3 == 0) show(rest);
  if (data[0] % 3 == 1) forge(rest);
  if (data[0] % 3 == 2) {
    const auto head = state::parse_head(rest);
    check(!head || (head->number > 0 && head->hash.size() == 64));
  }
  return 0;
}
