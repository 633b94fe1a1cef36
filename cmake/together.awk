# Puts sources into groups that compile as one translation unit each: prints "GROUP FILE" for every file named as an argument.
# No two files of a group declare one name at the beginning of a line, where our declarations of namespace scope stand, and
# none names a type or a constant that another one declares, or has a using-declaration of its name: it may mean one of a
# header.

# declared(LINE): the name that it declares; "" if it declares none.
function declared(line, name) {
  if (line !~ /^[A-Za-z[]/ || line ~ /^(namespace|using namespace|template|extern|TEST|INSTANTIATE|GTEST)/) return ""
  if (match(line, /^MATCHER[A-Z0-9_]*\([A-Za-z_0-9]+/)) {
    name = substr(line, RSTART, RLENGTH)
    sub(/.*\(/, "", name)
    return name
  }
  if (match(line, /^(struct|class|enum|enum class|union) [A-Za-z_0-9]+/)) {
    name = substr(line, RSTART, RLENGTH)
    sub(/.* /, "", name)
    return name
  }
  if (match(line, /^using [A-Za-z_0-9]+ =/)) return substr(line, RSTART + 6, RLENGTH - 8)
  if (line !~ /\(/ || line ~ /^(inline |static )*(constexpr|const)/)
    if (match(line, /[ *&]k[A-Z][A-Za-z0-9]*/)) return substr(line, RSTART + 1, RLENGTH - 1)
  if (match(line, /[ *&][A-Za-z_0-9]+\(/)) return substr(line, RSTART + 1, RLENGTH - 2)
  if (match(line, / [A-Za-z_0-9]+( =|;|\{)/)) {
    name = substr(line, RSTART + 1, RLENGTH - 1)
    sub(/[^A-Za-z_0-9].*/, "", name)
    return name
  }
  return ""
}

FNR == 1 { files[++count] = FILENAME }
{
  name = declared($0)
  if (name != "") declares[count] = declares[count] " " name
  text = $0
  gsub(/[^A-Za-z_0-9]+/, " ", text)
  n = split(text, word, " ")
  for (i = 1; i <= n; ++i)
    if ((word[i] ~ /^(k[A-Z]|[A-Z])/ || (i == n && $0 ~ /^using [A-Za-z_0-9:]+;$/)) && !((count, word[i]) in seen)) {
      seen[count, word[i]] = 1
      uses[count] = uses[count] " " word[i]
    }
}

# fits(FILE, GROUP)
function fits(file, group, i, n, names) {
  if (size[group] >= most) return 0
  n = split(declares[file], names, " ")
  for (i = 1; i <= n; ++i)
    if ((group, names[i]) in taken || (group, names[i]) in used) return 0
  n = split(uses[file], names, " ")
  for (i = 1; i <= n; ++i)
    if ((group, names[i]) in taken) return 0
  return 1
}

END {
  for (file = 1; file <= count; ++file) {
    for (group = 1; !fits(file, group); ++group) continue
    ++size[group]
    n = split(declares[file], names, " ")
    for (i = 1; i <= n; ++i) taken[group, names[i]] = 1
    n = split(uses[file], names, " ")
    for (i = 1; i <= n; ++i) used[group, names[i]] = 1
    print group " " files[file]
  }
}
