// The text of a prompt: instructions, then the facts, each behind a fence that its data cannot leave.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "prompt/facts.h"

namespace prompt {

/// Every line of data begins with it and no other line does, so that nothing in the data can end the data.
inline constexpr std::string_view kFence = "| ";

/// At most `limit` bytes, provided that the instructions leave room for 400 bytes a fact: each fact has what
/// it needs as long as the others leave it; what stands below the rows of a table stays when rows are cut.
/// `unavailable`: what the caller may not use, though the prompt names it; `remedy`: who can change that,
/// whole sentences.
std::string whole_text(std::string_view instructions, std::span<const Fact> facts,
                       std::span<const std::string> unavailable, std::string_view remedy,
                       base::Clock::Wall now, std::size_t limit);

}  // namespace prompt
