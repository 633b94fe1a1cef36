// The words of a text, as the search compares them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace engine {

/// The words in lower case, each without its ending: "disks" and "disk" are one, "failed" and "fail". A word
/// has letters and digits only; "vm's" is "vms".
std::vector<std::string> words_of(std::string_view text);

/// True for a word that tells nothing in a question: "the", "how".
bool says_nothing(std::string_view word);

}  // namespace engine
