// How the values of settings are read: one value, a list, a boolean, a number, a path.
#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/table.h"

namespace config {

/// All errors are whole sentences that name the setting as the user wrote it, its value and what is valid.

std::string alternatives(std::span<const std::string_view> words);

/// The sentence about a value that is not one of `words`, with the word that was probably meant.
std::string not_among(const Given& given, std::string_view value, std::span<const std::string_view> words);

/// The one value of a setting that is not a list, trimmed.
std::expected<std::string, std::string> single(const Given& given);

/// The parts of a list, from commas and from repetition; empty parts fall away.
std::vector<std::string> parts(const Given& given);

/// All values as one text, for a sentence about them.
std::string as_written(const Given& given);

std::optional<std::string> set_boolean(const Given& given, bool& target);

/// A whole number from `low` to `high`; `unit` stands in the sentence behind "number": " of seconds".
std::expected<unsigned, std::string> number(const Given& given, unsigned low, unsigned high,
                                            std::string_view unit);

std::optional<std::string> set_path(const Given& given, std::string& target);

}  // namespace config
