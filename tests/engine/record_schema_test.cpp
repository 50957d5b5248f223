#include "engine/record_schema.hpp"

#include <gtest/gtest.h>

#include "support/printing.hpp"

namespace byline::test {
namespace {

std::string problems(std::string_view schema, std::string_view attributes) {
  auto parsed = RecordSchema::parse(schema);
  if (!parsed) return "no schema: " + parsed.error().field;
  std::string text;
  for (const auto& problem : parsed->check(attributes))
    text += (text.empty() ? "" : ", ") + std::string(code_name(problem.code)) + " " + problem.field;
  return text;
}

struct Case {
  const char* schema;
  const char* fits;
  const char* does_not;
  const char* problem;
};

TEST(RecordSchema, ChecksWhatItSays) {
  const Case cases[] = {
      {R"({"type":"object"})", "{}", R"([])", "invalid_type attributes"},
      {R"({"required":["a"]})", R"({"a":null})", R"({"b":1})", "required attributes/a"},
      {R"({"properties":{"a":{"type":"integer"}}})", R"({"a":2.0})", R"({"a":2.5})",
       "invalid_type attributes/a"},
      {R"({"properties":{"a":{"type":["string","null"]}}})", R"({"a":null})", R"({"a":1})",
       "invalid_type attributes/a"},
      {R"({"properties":{"a":true},"additionalProperties":false})", R"({"a":1})", R"({"a/b":1})",
       "unknown_member attributes/a~1b"},
      {R"({"additionalProperties":{"type":"string"}})", R"({"a":"x"})", R"({"a":1})",
       "invalid_type attributes/a"},
      {R"({"propertyNames":{"pattern":"^[a-z]+$"}})", R"({"ab":1})", R"({"A":1})",
       "invalid_value attributes/A"},
      {R"({"maxProperties":1})", R"({"a":1})", R"({"a":1,"b":2})", "invalid_value attributes"},
      {R"({"properties":{"a":{"enum":["x",1]}}})", R"({"a":1})", R"({"a":2})", "invalid_value attributes/a"},
      {R"({"properties":{"a":{"const":{"b":1}}}})", R"({"a":{"b":1}})", R"({"a":{"b":2}})",
       "invalid_value attributes/a"},
      {R"({"properties":{"a":{"minLength":2,"maxLength":2}}})", R"({"a":"éé"})", R"({"a":"é"})",
       "invalid_value attributes/a"},
      {R"({"properties":{"a":{"pattern":"b+"}}})", R"({"a":"abbc"})", R"({"a":"ac"})",
       "invalid_value attributes/a"},
      {R"({"properties":{"a":{"minimum":1,"exclusiveMaximum":3}}})", R"({"a":2})", R"({"a":3})",
       "invalid_value attributes/a"},
      {R"({"properties":{"a":{"multipleOf":0.5}}})", R"({"a":1.5})", R"({"a":1.2})",
       "invalid_value attributes/a"},
      {R"({"properties":{"a":{"items":{"type":"string"},"maxItems":2}}})", R"({"a":["x"]})",
       R"({"a":["x",1]})", "invalid_type attributes/a/1"},
      {R"({"allOf":[{"required":["a"]},{"required":["b"]}]})", R"({"a":1,"b":1})", R"({"b":1})",
       "required attributes/a"},
      {R"({"anyOf":[{"required":["a"]},{"required":["b"]}]})", R"({"b":1})", R"({"c":1})",
       "invalid_value attributes"},
      {R"({"oneOf":[{"required":["a"]},{"required":["b"]}]})", R"({"b":1})", R"({"a":1,"b":1})",
       "invalid_value attributes"},
      {R"({"not":{"required":["a"]}})", R"({"b":1})", R"({"a":1})", "invalid_value attributes"},
      {R"({"properties":{"a":true}})", R"({"a":1})", nullptr, nullptr},
      {R"({"properties":{"a":{"multipleOf":0.01}}})", R"({"a":19.99})", R"({"a":19.995})",
       "invalid_value attributes/a"},
      {R"({"properties":{"a":{"const":1,"enum":[1,2]}}})", R"({"a":1})", R"({"a":2})",
       "invalid_value attributes/a"},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(problems(one.schema, one.fits), "") << one.schema;
    if (!one.does_not) continue;
    EXPECT_EQ(problems(one.schema, one.does_not), one.problem) << one.schema;
  }
}

TEST(RecordSchema, RefusesWhatItWouldNotCheck) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"$ref":"#"})", "schema/$ref"},
      {R"({"properties":{"a/b":{"uniqueItems":true}}})", "schema/properties/a~1b/uniqueItems"},
      {R"({"type":"text"})", "schema/type"},
      {R"({"minimum":"1"})", "schema/minimum"},
      {R"({"multipleOf":0})", "schema/multipleOf"},
      {R"~({"pattern":"(?=a)"})~", "schema/pattern"},
      {R"({"anyOf":[]})", "schema/anyOf"},
      {R"({"items":[{}]})", "schema/items"},
      {R"({"required":[1]})", "schema/required"},
      {R"({"type":[]})", "schema/type"},
      {R"(7)", "schema"},
      {R"(true)", "schema"},  // the log keeps objects
      {R"({"not":7})", "schema/not"},
  };
  for (const auto& [schema, field] : cases)
    EXPECT_EQ(problems(schema, "{}"), std::string("no schema: ") + field);
  EXPECT_EQ(problems("{\"title\":\"" + std::string(70'000, 'x') + "\"}", "{}"), "no schema: schema");
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += R"({"not":)";
  EXPECT_FALSE(RecordSchema::parse(deep + "{}" + std::string(40, '}')));
}

TEST(RecordSchema, TakesNoLongerThanItMay) {
  // A thousand alternatives for each of many elements.
  std::string schema = R"({"properties":{"a":{"items":{"anyOf":[)";
  for (int i = 0; i < 1000; ++i) schema += R"({"type":"null"},)";
  schema.back() = ']';
  schema += "}}}}";
  std::string attributes = R"({"a":[0)";
  for (int i = 0; i < 100'000; ++i) attributes += ",0";
  attributes += "]}";
  EXPECT_EQ(problems(schema, attributes), "too_large attributes");
}

TEST(RecordSchema, TakesNoLongerForLongNames) {
  std::string members, items;
  for (int i = 0; i < 16'000; ++i) members += (i ? ",\"a" : "\"a") + std::to_string(i) + "\":0";
  for (int i = 0; i < 38'000; ++i) items += i ? ",0" : "0";
  std::string alternatives;
  for (int i = 0; i < 1900; ++i) alternatives += std::string(i ? "," : "") + R"({"minProperties":99999})";
  const std::string name(100'000, 'x');
  EXPECT_NE(problems(R"({"additionalProperties":{"anyOf":[)" + alternatives + "]}}",
                     "{\"" + name + "\":{" + members + "}}"),
            "");
  EXPECT_EQ(problems(R"({"additionalProperties":{"items":{}}})", "{\"" + name + "\":[" + items + "]}"), "");
}

TEST(RecordSchema, TakesNoLongerForAPatternThatFollowsManyWays) {
  std::string schema = R"({"properties":{"a":{"pattern":"[ab]*(?:[ab]{999}c|[ab]{999}d|[ab]{999}e)xxx"}}})";
  std::string text;
  for (int i = 0; i < 125'000; ++i) text += "ab";
  EXPECT_EQ(problems(schema, R"({"a":")" + text + R"("})"), "too_large attributes");
}

TEST(RecordSchema, RefusesPatternsThatAreTooLargeTogether) {
  std::string parts;
  for (int i = 0; i < 300; ++i) parts += std::string(i ? "," : "") + R"({"pattern":"\\pL{15}"})";
  EXPECT_FALSE(RecordSchema::parse(R"({"allOf":[)" + parts + "]}"));
}

TEST(RecordSchema, TellsABoundedNumberOfProblems) {
  std::string attributes = R"({"a":[0)";
  for (int i = 0; i < 1000; ++i) attributes += ",0";
  attributes += "]}";
  auto parsed = RecordSchema::parse(R"({"properties":{"a":{"items":{"type":"string"}}}})");
  EXPECT_EQ(parsed->check(attributes).size(), 20U);
}

}  // namespace
}  // namespace byline::test
