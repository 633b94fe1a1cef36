#include "setup/json_edit.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "setup/json_style.h"

namespace setup {
namespace {

using Edited = std::expected<std::string, std::string>;

constexpr std::string_view kElseDiffers = "the edit would change more of the file than this server";

std::string quoted(std::string_view key) { return "\"" + std::string(key) + "\""; }

/// An object of the text with its members.
struct Object {
  Span span;
  std::vector<JsonMember> members;

  static Object at(const JsonText& read, Span span) { return {span, json_members(read.plain, span)}; }

  std::optional<std::size_t> find(std::string_view key) const {
    const auto at = std::ranges::find(members, key, &JsonMember::key);
    if (at == members.end()) return std::nullopt;
    return static_cast<std::size_t>(at - members.begin());
  }
};

/// A key that is there twice is two values for its readers, of which each may take another.
std::optional<std::string> twice(std::string_view text, const Object& object, std::string_view key) {
  bool seen = false;
  for (const auto& member : object.members) {
    if (member.key != key) continue;
    if (seen) return at_line(text, member.name.begin, "the member " + quoted(key) + " is there twice");
    seen = true;
  }
  return std::nullopt;
}

/// The text, and how far the path `servers`, `name` exists in it.
struct Place {
  JsonText read;
  std::optional<Object> top;
  std::optional<Object> servers;
  std::optional<Object> entry;
};

std::string no_object(std::string_view text, const JsonText& read) {
  return at_line(text, json_top(read.plain).begin, "the file must hold one object, { … }");
}

/// Nothing when there is no such member.
std::expected<std::optional<Object>, std::string> inner(std::string_view text, const JsonText& read,
                                                        const Object& outer, std::string_view key) {
  if (auto error = twice(text, outer, key)) return std::unexpected(*error);
  const auto at = outer.find(key);
  if (!at) return std::nullopt;
  const auto span = outer.members[*at].value;
  if (read.plain[span.begin] != '{')
    return std::unexpected(at_line(text, span.begin, "the member " + quoted(key) + " must be an object"));
  return Object::at(read, span);
}

std::expected<Place, std::string> place_of(std::string_view text, Comments comments, std::string_view servers,
                                           std::string_view name) {
  auto read = read_json_text(text, comments);
  if (!read) return std::unexpected(read.error());
  Place place{.read = *std::move(read), .top = {}, .servers = {}, .entry = {}};
  if (place.read.is_blank) return place;
  if (!place.read.value.is_object()) return std::unexpected(no_object(text, place.read));
  place.top = Object::at(place.read, json_top(place.read.plain));
  auto all = inner(text, place.read, *place.top, servers);
  if (!all) return std::unexpected(all.error());
  place.servers = *std::move(all);
  if (!place.servers) return place;
  auto entry = inner(text, place.read, *place.servers, name);
  if (!entry) return std::unexpected(entry.error());
  place.entry = *std::move(entry);
  if (!place.entry) return place;
  std::set<std::string_view> seen;
  for (const auto& member : place.entry->members) {
    if (seen.insert(member.key).second) continue;
    return std::unexpected(*twice(text, *place.entry, member.key));
  }
  return place;
}

bool begins_its_line(std::string_view text, std::size_t position) {
  return line_begin(text, position) + indentation(text, position).size() == position;
}

/// Into braces that have nothing between them the member goes without a line break before it, which tells
/// remove_member() that they were there before.
std::string insert_first(std::string_view text, const Object& object, std::string_view key,
                         const base::Json& value, const JsonStyle& style) {
  const std::string outer(indentation(text, object.span.begin));
  std::string result(text);
  const auto end = white_space_before(text, object.span.end - 1);
  if (end == object.span.begin + 1) return result.insert(end, styled_member(key, value, style, outer));
  const auto gap = text.substr(end, object.span.end - 1 - end);
  if (gap.find('\n') == std::string_view::npos)
    return result.insert(end, " " + styled_member(key, value, style, outer));
  const std::string indent = outer + style.unit;
  return result.insert(end, style.line_end + indent + styled_member(key, value, style, indent));
}

std::optional<std::size_t> trailing_comma(const JsonText& read, const Object& object) {
  const auto& commas = read.trailing_commas;
  const auto at = std::ranges::lower_bound(commas, object.members.back().value.end);
  if (at == commas.end() || *at >= object.span.end) return std::nullopt;
  return *at;
}

/// As the last one.
std::string insert_member(std::string_view text, const JsonText& read, const Object& object,
                          std::string_view key, const base::Json& value) {
  const auto style = json_style(text, read);
  if (object.members.empty()) return insert_first(text, object, key, value, style);
  const auto first = object.members.front().name.begin;
  const auto value_end = object.members.back().value.end;
  const auto comma = trailing_comma(read, object);
  const std::string indent(indentation(text, first));
  const bool own_line = begins_its_line(text, first);
  auto at = comma ? *comma + 1 : value_end;
  std::string member = style.colon == ":" ? "" : " ";
  if (own_line) {
    at = white_space_before(text, object.span.end - 1);
    member = style.line_end + indent;
  }
  member += styled_member(key, value, style, indent);
  if (comma) member += ',';
  std::string result(text);
  result.insert(at, member);
  if (!comma) result.insert(value_end, ",");
  return result;
}

std::string replace_value(std::string_view text, const JsonText& read, const JsonMember& member,
                          const base::Json& value) {
  std::string written;
  write_styled(value, json_style(text, read), std::string(indentation(text, member.name.begin)), written);
  std::string result(text);
  return result.replace(member.value.begin, member.value.end - member.value.begin, written);
}

/// With its comma. `with_gap`: and with the white space before it, which must stay where it ends a comment.
std::string remove_member(std::string_view text, const JsonText& read, const Object& object,
                          std::size_t index, bool with_gap) {
  const auto& member = object.members[index];
  const bool last = index + 1 == object.members.size();
  const auto begin = with_gap ? white_space_before(text, member.name.begin) : member.name.begin;
  const auto comma =
      last ? trailing_comma(read, object) : std::optional(read.plain.find(',', member.value.end));
  const auto end = member.value.end;
  std::string result(text);
  if (comma) {
    // The next one takes its place behind the brace.
    const bool in_line = index == 0 && !last && begin == object.span.begin + 1 &&
                         line_begin(text, object.members[1].name.begin) <= *comma;
    result.erase(*comma, in_line ? object.members[1].name.begin - *comma : 1);
  }
  result.erase(begin, end - begin);
  if (last && !comma && index > 0) result.erase(read.plain.find(',', object.members[index - 1].value.end), 1);
  return result;
}

/// True when insert_member() may have made the object for its only member: it has lines of its own, and there
/// is nothing else in it.
bool made_for_one(std::string_view text, const Object& object) {
  if (object.members.size() != 1) return false;
  const auto& member = object.members.front();
  const auto before = text.substr(object.span.begin + 1, member.name.begin - object.span.begin - 1);
  const auto after = text.substr(member.value.end, object.span.end - 1 - member.value.end);
  return !before.empty() && before.find_first_not_of(kWhiteSpace) == std::string_view::npos &&
         after.find_first_not_of(kWhiteSpace) == std::string_view::npos;
}

/// A text of comments or of nothing gets an object of its own at its end.
std::string append_top(std::string_view text, const base::Json& value) {
  const JsonStyle style{.line_end = std::string(line_end(text))};
  std::string result(text);
  const bool open_line = !text.empty() && text != kByteOrderMark && !text.ends_with('\n');
  if (open_line) result += style.line_end;
  write_styled(value, style, "", result);
  if (!open_line) result += style.line_end;
  return result;
}

std::string remove_top(std::string_view text, Span top) {
  auto end = top.end;
  auto begin = top.begin;
  if (text.substr(end, 2) == "\r\n") {
    end += 2;
  } else if (text.substr(end, 1) == "\n") {
    end += 1;
  } else if (begin > 0 && text[begin - 1] == '\n') {
    begin -= begin > 1 && text[begin - 2] == '\r' ? 2 : 1;
  }
  std::string result(text);
  return result.erase(begin, end - begin);
}

Edited change_members(std::string text, Comments comments, std::string_view servers, std::string_view name,
                      const EntryChange& change) {
  for (const auto& key : change.unwanted) {
    const auto place = place_of(text, comments, servers, name);
    if (!place) return std::unexpected(place.error());
    const auto index = place->entry->find(key);
    auto shorter = remove_member(text, place->read, *place->entry, *index, true);
    if (!read_json_text(shorter, comments))
      shorter = remove_member(text, place->read, *place->entry, *index, false);
    text = std::move(shorter);
  }
  for (const auto& member : change.members) {
    const auto place = place_of(text, comments, servers, name);
    if (!place) return std::unexpected(place.error());
    const auto& entry = place->read.value.at(servers).at(name).get_object();
    const auto index = place->entry->find(member.key());
    if (!index) {
      text = insert_member(text, place->read, *place->entry, member.key(), member.value());
    } else if (entry.at(member.key()) != member.value()) {
      text = replace_value(text, place->read, place->entry->members[*index], member.value());
    }
  }
  return text;
}

/// The smallest removal that takes the entry away.
std::string shortened(std::string_view text, const Place& place, std::string_view servers,
                      std::string_view name, bool with_gap) {
  if (!made_for_one(text, *place.servers))
    return remove_member(text, place.read, *place.servers, *place.servers->find(name), with_gap);
  if (!made_for_one(text, *place.top))
    return remove_member(text, place.read, *place.top, *place.top->find(servers), with_gap);
  return remove_top(text, place.top->span);
}

}  // namespace

std::expected<base::JsonObject, std::string> json_object_of(std::string_view text, Comments comments) {
  auto read = read_json_text(text, comments);
  if (!read) return std::unexpected(read.error());
  if (read->is_blank) return base::JsonObject{};
  if (!read->value.is_object()) return std::unexpected(no_object(text, *read));
  return std::move(read->value.get_object());
}

Edited json_with_entry(std::string_view text, Comments comments, std::string_view servers,
                       std::string_view name, const EntryChange& change) {
  const auto place = place_of(text, comments, servers, name);
  if (!place) return std::unexpected(place.error());
  const base::JsonObject before = place->read.is_blank ? base::JsonObject{} : place->read.value.get_object();
  const base::JsonObject* existing =
      place->entry ? &before.at(servers).get_object().at(name).get_object() : nullptr;
  const base::JsonObject entry = changed(change, existing);
  const base::Json both = base::JsonObject{{name, entry}};
  Edited result;
  if (place->entry) {
    result = change_members(std::string(text), comments, servers, name, change);
  } else if (place->servers) {
    result = insert_member(text, place->read, *place->servers, name, entry);
  } else if (place->top) {
    result = insert_member(text, place->read, *place->top, servers, both);
  } else {
    result = append_top(text, base::JsonObject{{servers, both}});
  }
  if (!result) return result;
  const auto after = json_object_of(*result, comments);
  if (!after || !only_entry_differs(before, *after, servers, name, &entry))
    return std::unexpected(std::string(kElseDiffers));
  return result;
}

Edited json_without_entry(std::string_view text, Comments comments, std::string_view servers,
                          std::string_view name) {
  const auto place = place_of(text, comments, servers, name);
  if (!place) return std::unexpected(place.error());
  if (!place->entry) return std::string(text);
  for (const bool with_gap : {true, false}) {
    auto result = shortened(text, *place, servers, name, with_gap);
    const auto after = json_object_of(result, comments);
    if (after && only_entry_differs(place->read.value.get_object(), *after, servers, name, nullptr))
      return result;
  }
  return std::unexpected(std::string(kElseDiffers));
}

}  // namespace setup
