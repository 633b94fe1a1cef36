// What setup asks: one row for each question, with the flag that answers it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace cli {

/// What a question is about.
enum class Topic : std::uint8_t {
  Name,
  Host,
  Port,
  Fingerprint,
  Access,
  TokenFrom,
  TokenId,
  TokenSecret,
  Login,
  Password,
  Totp,
  TokenName,
  Scope,
  Protect,
  Confirm,
  Approval,
  Categories,
  Client,
  Listen,
  Url,
  Certificate,
  Key,
  Person,
  Yes,
  DryRun,
  Remove,
  Service,
};

struct Question {
  Topic topic;
  std::string_view flag;      ///< "--host"; one of the settings' own flags where a setting is asked
  std::string_view argument;  ///< what the flag takes, for the help; empty: a switch
  std::string_view prompt;    ///< without its colon
  std::string_view fallback;  ///< what Enter and --yes answer; see `optional`
  bool optional;              ///< an empty fallback is an answer too; else the question needs one
  bool setting;               ///< the flag is in the table of settings
  std::string_view example;   ///< of the flag with a value
  std::string_view help;
};

std::span<const Question> questions();

const Question& question(Topic topic);

}  // namespace cli
