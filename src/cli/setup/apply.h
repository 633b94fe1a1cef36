// The end of setup: shows what will change, and changes it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/setup/draft.h"
#include "cli/setup/interview.h"

namespace cli {

/// The changes of all files, but for the secret of a token that is not made yet. The error is a sentence
/// about a file of settings that cannot be edited, with the lines to write into it.
Answer<std::vector<FileChange>> files_of(const Draft& draft);

/// Shows the differences, and that a secret will be written which PVE has not made yet.
void show_files(const Interview& interview, const Draft& draft, const std::vector<FileChange>& files);

/// Shows the differences.
void show_files(const Interview& interview, const std::vector<FileChange>& files);

/// Says where the old files are kept.
void show_backups(const Interview& interview, const std::vector<std::filesystem::path>& backups);

/// Changes PVE, then writes the files; signals wait until it is done. When something fails, what was done is
/// taken back. Returns the backups.
Answer<std::vector<std::filesystem::path>> carry_out(const Draft& draft, std::vector<FileChange> files);

}  // namespace cli
