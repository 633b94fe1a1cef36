#include "jsonrpc/message.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace jsonrpc {
namespace {

const Item& item(const std::variant<Item, Batch>& input) { return std::get<Item>(input); }

struct Accepted {
  const char* text;
  int kind;  // 0 request, 1 notification, 2 response
  const char* id;
};

const Accepted kAccepted[] = {
    {R"({"jsonrpc":"2.0","id":1,"method":"ping"})", 0, "1"},
    {R"({"jsonrpc":"2.0","id":0,"method":"ping","params":{}})", 0, "0"},
    {R"({"jsonrpc":"2.0","id":-7,"method":"ping"})", 0, "-7"},
    {R"({"jsonrpc":"2.0","id":"1","method":"ping"})", 0, R"("1")"},
    {R"({"jsonrpc":"2.0","id":"","method":"ping"})", 0, R"("")"},
    {R"({"jsonrpc":"2.0","id":"ä\n","method":"ping"})", 0, R"("ä\n")"},
    {R"({"jsonrpc":"2.0","id":9223372036854775807,"method":"p"})", 0, "9223372036854775807"},
    {R"({"jsonrpc":"2.0","id":-9223372036854775808,"method":"p"})", 0, "-9223372036854775808"},
    {R"({"jsonrpc":"2.0","id":3.0,"method":"ping"})", 0, "3"},
    {R"({"jsonrpc":"2.0","id":1e3,"method":"ping"})", 0, "1000"},
    {R"({"jsonrpc":"2.0","id":70368744177663.000,"method":"ping"})", 0, "70368744177663"},
    {R"({"jsonrpc":"2.0","id":-70368744177663.0,"method":"ping"})", 0, "-70368744177663"},
    {R"({"jsonrpc":"2.0","id":9007199254740993,"method":"ping"})", 0, "9007199254740993"},
    {R"(  {"method":"ping","extra":[1],"id":1,"jsonrpc":"2.0"}  )", 0, "1"},
    {R"({"jsonrpc":"2.0","id":1,"id":2,"method":"ping"})", 0, "2"},
    {R"({"jsonrpc":"2.0","method":"notifications/initialized"})", 1, ""},
    {R"({"jsonrpc":"2.0","id":"a","result":{}})", 2, R"("a")"},
    {R"({"jsonrpc":"2.0","id":1,"result":null})", 2, "1"},
    {R"({"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"m"}})", 2, "1"},
    {R"({"jsonrpc":"2.0","error":{"code":-1,"message":"m"}})", 2, ""},
    {R"({"jsonrpc":"2.0","id":null,"error":{"code":-1,"message":"m","data":1}})", 2, ""}};

TEST(Parse, RecognisesEachKindOfMessage) {
  for (const auto& row : kAccepted) {
    SCOPED_TRACE(row.text);
    const auto input = parse(row.text);
    ASSERT_TRUE(item(input)) << item(input).error().error.message;
    const auto& message = *item(input);
    EXPECT_EQ(static_cast<int>(message.index()), row.kind);
    std::string id;
    if (const auto* const request = std::get_if<Request>(&message)) write_id(request->id, id);
    if (const auto* const response = std::get_if<Response>(&message); response && response->id) {
      write_id(*response->id, id);
    }
    EXPECT_EQ(id, row.id);
  }
}

struct Refused {
  std::string text;
  int code;
  const char* id;
  bool answerable = true;
};

std::string nested(std::size_t depth) {
  return R"({"jsonrpc":"2.0","id":1,"method":"p","params":{"a":)" + std::string(depth, '[') +
         std::string(depth, ']') + "}}";
}

TEST(Parse, GivesTheReasonAndTheIdOfARefusedMessage) {
  const Refused refused[] = {
      {"", kParseError, ""},
      {"{", kParseError, ""},
      {"nonsense", kParseError, ""},
      {R"({"jsonrpc":"2.0","id":1,"method":"p"} x)", kParseError, ""},
      {R"({"jsonrpc":"2.0","id":1,"method":"p",})", kParseError, ""},
      {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xFF\"}", kParseError, ""},
      {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xC0\xAF\"}", kParseError, ""},
      {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xED\xA0\x80\"}", kParseError, ""},
      {R"({"jsonrpc":"2.0","id":1,"method":"\ud800"})", kParseError, ""},
      {std::string("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"p\0\"}", 38), kParseError, ""},
      {nested(64), kParseError, ""},
      {std::string(100000, '['), kParseError, ""},
      {"1", kInvalidRequest, ""},
      {"null", kInvalidRequest, ""},
      {"\"text\"", kInvalidRequest, ""},
      {"[]", kInvalidRequest, ""},
      {"{}", kInvalidRequest, ""},
      {R"({"id":1})", kInvalidRequest, "1"},
      {R"({"jsonrpc":"2.0","id":4})", kInvalidRequest, "4"},
      {R"({"jsonrpc":"1.0","id":4,"method":"p"})", kInvalidRequest, "4"},
      {R"({"jsonrpc":2.0,"id":"x","method":"p"})", kInvalidRequest, R"("x")"},
      {R"({"jsonrpc":"2.0","id":null,"method":"p"})", kInvalidRequest, ""},
      {R"({"jsonrpc":"2.0","id":1.5,"method":"p"})", kInvalidRequest, ""},
      {R"({"jsonrpc":"2.0","id":1e300,"method":"p"})", kInvalidRequest, ""},
      // Two of them would be one number, or another than was written.
      {R"({"jsonrpc":"2.0","id":9007199254740993.0,"method":"p"})", kInvalidRequest, ""},
      {R"({"jsonrpc":"2.0","id":9007199254740992.0,"method":"p"})", kInvalidRequest, ""},
      {R"({"jsonrpc":"2.0","id":-9007199254740993.0,"method":"p"})", kInvalidRequest, ""},
      {R"({"jsonrpc":"2.0","id":9007199254740991.0,"method":"p"})", kInvalidRequest, ""},
      {R"({"jsonrpc":"2.0","id":87682122581101.000,"method":"p"})", kInvalidRequest, ""},
      {R"({"jsonrpc":"2.0","id":9223372036854775808,"method":"p"})", kInvalidRequest, ""},
      {R"({"jsonrpc":"2.0","id":true,"method":"p"})", kInvalidRequest, ""},
      {R"({"jsonrpc":"2.0","id":")" + std::string(kLongestId + 1, 'i') + R"(","method":"p"})",
       kInvalidRequest, ""},
      {R"({"jsonrpc":"2.0","id":[1],"method":"p"})", kInvalidRequest, ""},
      {R"({"jsonrpc":"2.0","id":{},"method":"p"})", kInvalidRequest, ""},
      {R"({"jsonrpc":"2.0","id":1,"method":7})", kInvalidRequest, "1"},
      {R"({"jsonrpc":"2.0","id":1,"method":"p","params":[1]})", kInvalidParams, "1"},
      {R"({"jsonrpc":"2.0","id":1,"method":"p","params":null})", kInvalidParams, "1"},
      {R"({"jsonrpc":"2.0","method":"p","params":7})", kInvalidRequest, "", false},
      {R"({"jsonrpc":"2.0","method":7})", kInvalidRequest, "", false},
      {R"({"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":"m"}})", kInvalidRequest, "",
       false},
      {R"({"jsonrpc":"2.0","result":{}})", kInvalidRequest, "", false},
      {R"({"id":1,"result":{}})", kInvalidRequest, "", false},
      {R"({"jsonrpc":"2.0","id":1,"error":"text"})", kInvalidRequest, "", false},
      {R"({"jsonrpc":"2.0","id":1,"error":{"code":1.5,"message":"m"}})", kInvalidRequest, "", false},
      {R"({"jsonrpc":"2.0","id":1,"error":{"code":99999999999,"message":"m"}})", kInvalidRequest, "", false}};
  for (const auto& row : refused) {
    SCOPED_TRACE(row.text.substr(0, 100));
    const auto input = parse(row.text);
    ASSERT_FALSE(item(input));
    const auto& malformed = item(input).error();
    EXPECT_EQ(malformed.error.code, row.code) << malformed.error.message;
    EXPECT_FALSE(malformed.error.message.empty());
    EXPECT_EQ(malformed.answerable, row.answerable);
    std::string id;
    if (malformed.id) write_id(*malformed.id, id);
    EXPECT_EQ(id, row.id);
  }
}

TEST(Parse, NestsUpToTheLimit) { EXPECT_TRUE(item(parse(nested(62)))); }

TEST(Parse, SaysWhenBadParamsOfANotificationAreNotAnswered) {
  const auto input = parse(R"({"jsonrpc":"2.0","method":"p","params":7})");
  EXPECT_FALSE(item(input).error().id);
}

TEST(Parse, RefusesMessagesOfNothingButValues) {
  const auto with = [](std::size_t count, std::string_view element) {
    std::string elements;
    for (std::size_t i = 0; i < count; ++i) elements.append(i == 0 ? "" : ",").append(element);
    return R"({"jsonrpc":"2.0","id":1,"method":"a","params":{"a":[)" + elements + "]}}";
  };
  EXPECT_TRUE(item(parse(with(99'000, "1"))));
  for (const auto* element : {"1", "{}", "[]", R"("")"}) {
    const auto input = parse(with(100'001, element));
    ASSERT_FALSE(item(input)) << element;
    EXPECT_EQ(item(input).error().error.message, "Invalid request: more than 100000 values");
  }
  // Text is not looked into.
  const auto text =
      with(1, "\"\\\\" + std::string(200'000, ',') + "\\\"[{" + std::string(200'000, '[') + "\"");
  EXPECT_TRUE(item(parse(text)));
}

TEST(Parse, LooksAtNoItemOfABatchThatIsTooLong) {
  constexpr std::string_view kTwo =
      R"([{"jsonrpc":"2.0","id":1,"method":"a"},{"jsonrpc":"2.0","method":"b"}])";
  EXPECT_EQ(std::get<Batch>(parse(kTwo, 2)).size(), 2U);
  const auto input = parse(kTwo, 1);
  const auto& refused = item(input).error();
  EXPECT_FALSE(refused.id);
  EXPECT_EQ(refused.error.code, kInvalidRequest);
  EXPECT_EQ(refused.error.message, "Invalid request: a batch of 2 messages; send at most 1");
}

TEST(Parse, TakesABatchItemByItem) {
  const auto input = parse(R"([{"jsonrpc":"2.0","id":1,"method":"a"},7,{"jsonrpc":"2.0","method":"b"}])");
  const auto& batch = std::get<Batch>(input);
  ASSERT_EQ(batch.size(), 3U);
  EXPECT_TRUE(batch[0]);
  EXPECT_EQ(batch[1].error().error.code, kInvalidRequest);
  EXPECT_TRUE(std::holds_alternative<Notification>(*batch[2]));
}

TEST(Parse, LeavesParamsAsTheyWere) {
  const auto input = parse(R"({"jsonrpc":"2.0","id":1,"method":"p","params":{"b":1,"a":[null,0.42]}})");
  EXPECT_EQ(base::write_json(std::get<Request>(*item(input)).params), R"({"b":1,"a":[null,0.42]})");
}

TEST(Write, GivesOneLinePerMessage) {
  EXPECT_EQ(write_request(Id("a"), "m", "{}"), R"({"jsonrpc":"2.0","id":"a","method":"m","params":{}})");
  EXPECT_EQ(write_notification("m", R"({"a":1})"), R"({"jsonrpc":"2.0","method":"m","params":{"a":1}})");
  EXPECT_EQ(write_result(Id(std::int64_t{1}), "{}"), R"({"jsonrpc":"2.0","id":1,"result":{}})");
  EXPECT_EQ(write_error(Id(std::int64_t{1}), {-1, "a\nb", base::Json(7)}),
            R"({"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"a\nb","data":7}})");
  EXPECT_EQ(write_error({}, {-1, "m", {}}), R"({"jsonrpc":"2.0","error":{"code":-1,"message":"m"}})");
}

TEST(Write, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(write_result(Id(std::int64_t{1}), "\"\xE4\xC3\xA4\xF0\x9F\""),
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"\xEF\xBF\xBD\xC3\xA4\xEF\xBF\xBD\xEF\xBF\xBD\"}");
  EXPECT_EQ(write_error({}, {-1, "\xFF", {}}),
            "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-1,\"message\":\"\xEF\xBF\xBD\"}}");
}

TEST(Ids, AreShort) {
  EXPECT_EQ(read_id(base::Json(std::string(kLongestId, 'i'))), Id(std::string(kLongestId, 'i')));
  EXPECT_EQ(read_id(base::Json(std::string(kLongestId + 1, 'i'))), std::nullopt);
}

TEST(Ids, DifferByType) { EXPECT_NE(Id(std::int64_t{1}), Id("1")); }

TEST(Ids, AreHarmlessInLogs) { EXPECT_EQ(id_text(Id("a\x1b[31m")).find('\x1b'), std::string::npos); }

}  // namespace
}  // namespace jsonrpc
