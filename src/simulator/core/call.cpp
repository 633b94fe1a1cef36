#include "simulator/core/call.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "base/number.h"
#include "base/text.h"

namespace simulator {

std::string Parameters::text(std::string_view name, std::string_view otherwise) const {
  const auto found = values_.find(name);
  if (found == values_.end() || found->second.empty()) return std::string(otherwise);
  return found->second.front();
}

std::int64_t Parameters::number(std::string_view name, std::int64_t otherwise) const {
  const auto value = text(name);
  std::string_view rest = value;
  return base::take_number<std::int64_t>(rest).value_or(otherwise);
}

bool Parameters::flag(std::string_view name, bool otherwise) const {
  const auto value = text(name);
  return value.empty() ? otherwise : value == "1";
}

std::vector<std::string> Parameters::list(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return {};
  if (found->second.size() > 1) return found->second;
  return found->second.empty() ? std::vector<std::string>{} : split_list(found->second.front());
}

void Parameters::erase(std::string_view name) {
  if (const auto found = values_.find(name); found != values_.end()) values_.erase(found);
}

Answer Answer::of(base::Json data) {
  Answer answer;
  answer.data = std::move(data);
  return answer;
}

Answer Answer::of_total(base::JsonArray list, std::uint64_t total) {
  auto answer = of(std::move(list));
  answer.total = total;
  return answer;
}

Answer Answer::fail(std::string message, unsigned status) {
  Answer answer;
  answer.status = status;
  answer.message = std::move(message);
  return answer;
}

Answer Answer::bad(std::string_view parameter, const std::string& text) {
  auto answer = fail("Parameter verification failed.", 400);
  answer.errors[parameter] = std::string_view(text);
  return answer;
}

Answer Answer::denied(std::string_view path, std::string_view privilege) {
  if (path.empty()) return fail("Permission check failed", 403);
  return fail("Permission check failed (" + std::string(path) + ", " + std::string(privilege) + ")", 403);
}

namespace {

std::string_view without_index(std::string_view key) {
  const auto last = key.find_last_not_of("0123456789");
  return last == std::string_view::npos ? key : key.substr(0, last + 1);
}

}  // namespace

base::Json as_number(const std::string& text) {
  if (const auto whole = base::parse_number<std::int64_t>(text)) return *whole;
  if (const auto real = base::parse_number<double>(text)) return *real;
  return base::Json(text);
}

base::JsonObject to_json(const Config& config, std::initializer_list<std::string_view> numbers) {
  base::JsonObject object;
  object.reserve(config.size());
  for (const auto& [key, value] : config) {
    const bool number = std::ranges::find(numbers, std::string_view(key)) != numbers.end() ||
                        std::ranges::find(numbers, without_index(key)) != numbers.end();
    object[key] = number ? as_number(value) : base::Json(value);
  }
  return object;
}

namespace {

std::string hashed(std::string_view text, const EVP_MD* algorithm) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned length = 0;
  EVP_Digest(text.data(), text.size(), hash.data(), &length, algorithm, nullptr);
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (unsigned i = 0; i < length; ++i) {
    out += kHex[hash[i] >> 4U];
    out += kHex[hash[i] & 15U];
  }
  return out;
}

}  // namespace

std::string digest_of(std::string_view text) { return hashed(text, EVP_sha1()); }

std::string sha256_of(std::string_view text) { return hashed(text, EVP_sha256()); }

std::string digest_of(const Config& config) {
  std::string text;
  for (const auto& [key, value] : config) {
    text += key;
    text += ": ";
    text += value;
    text += '\n';
  }
  return digest_of(text);
}

std::optional<Answer> check_digest(const Call& call, std::string_view present) {
  const auto given = call.parameters.text("digest");
  if (given.empty() || given == present) return std::nullopt;
  return Answer::fail("detected modified configuration - file changed by other user? Try again.");
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  constexpr std::string_view kSeparators(",; \0\t\n", 6);
  while (!text.empty()) {
    const auto end = text.find_first_of(kSeparators);
    if (end != 0) items.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return items;
}

Config parse_properties(std::string_view text, std::string_view default_key) {
  Config parts;
  for (const auto part : base::split(text, ',')) {
    if (part.empty()) continue;
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) {
      parts.emplace(default_key, part);
    } else {
      parts.emplace(part.substr(0, equals), part.substr(equals + 1));
    }
  }
  return parts;
}

std::uint64_t parse_size(std::string_view text) {
  auto value = base::take_number<double>(text).value_or(0);
  if (value < 0) return 0;
  if (!text.empty()) {
    const auto unit = std::string_view("KMGT").find(text.front());
    if (unit == std::string_view::npos) return 0;
    for (std::size_t i = 0; i <= unit; ++i) value *= 1024;
  }
  return value < 1e18 ? static_cast<std::uint64_t>(value) : 0;
}

std::string format_size(std::uint64_t bytes) {
  constexpr std::string_view kUnits[] = {"", "K", "M", "G", "T"};
  std::size_t unit = 0;
  while (unit < 4 && bytes != 0 && bytes % 1024 == 0) {
    bytes /= 1024;
    ++unit;
  }
  return std::to_string(bytes) + std::string(kUnits[unit]);
}

}  // namespace simulator
