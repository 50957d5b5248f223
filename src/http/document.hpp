#pragma once

#include <algorithm>
#include <expected>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/email.hpp"
#include "domain/limits.hpp"
#include "domain/problem.hpp"
#include "events/id.hpp"
#include "http/call.hpp"
#include "http/resource.hpp"

namespace byline::http {

/// A request's resource document (JSON:API 1.1 §9.1, §9.2), read against the type's description. What is
/// wrong with single values is gathered, to be told together with what the state objects to.
class Document {
 public:
  /// `id`: of the resource in the path, for a change; empty for a creation. The error is the whole answer:
  /// not JSON, not such a document, another type, a wrong media type.
  static std::expected<Document, Response> read(const Request& request, const ResourceSpec& spec,
                                                std::string_view id);
  /// The same for a creation that nothing has to be said for: without a body, a document without attributes.
  static std::expected<Document, Response> read_or_empty(const Request& request, const ResourceSpec& spec);

  /// The attribute's text through its parser. Absent is nullopt; null and other types than text are problems.
  /// A required attribute that is absent is one too, when the resource is created.
  template <class Parse>
  auto text(std::string_view name, Parse parse) -> std::optional<typename decltype(parse(""))::value_type> {
    auto given = raw_text(name);
    if (!given) return std::nullopt;
    auto parsed = parse(*given);
    if (parsed) return std::move(*parsed);
    add(std::move(parsed.error()));
    return std::nullopt;
  }
  /// A text that may also be null, which reads as empty.
  template <class Parse>
  auto clearable_text(std::string_view name, Parse parse)
      -> std::optional<typename decltype(parse(""))::value_type> {
    if (is_null(name)) return std::string();
    return text(name, parse);
  }
  /// One of a few words: `find(word)` gives an optional. `words` says which there are.
  template <class Find>
  auto word(std::string_view name, Find find, std::string words) -> decltype(find("")) {
    auto given = raw_text(name);
    if (!given) return std::nullopt;
    auto found = find(*given);
    if (!found) add({Code::invalid_value, std::string(name), std::move(words)});
    return found;
  }
  /// A moment (RFC 3339), or nothing where it is null.
  std::optional<std::optional<Time>> time(std::string_view name);
  /// A whole number within the range, or nothing where it is null.
  std::optional<std::optional<std::int64_t>> number(std::string_view name, const Range& range);
  /// A list of texts, at most `most` and none twice, each through its parser.
  template <class Parse>
  std::optional<std::vector<std::string>> texts(std::string_view name, std::size_t most, Parse parse) {
    auto given = raw_texts(name, most);
    if (!given) return std::nullopt;
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < given->size(); ++i) {
      auto parsed = parse((*given)[i]);
      auto field = std::string(name) + "/" + std::to_string(i);
      if (!parsed) {
        add({parsed.error().code, std::move(field), parsed.error().detail});
      } else if (std::ranges::find(texts, *parsed) != texts.end()) {
        add({Code::duplicate_value, std::move(field)});
      } else {
        texts.push_back(std::move(*parsed));
      }
    }
    return texts;
  }
  /// `active` or `deactivated`, as a truth.
  std::optional<bool> active();
  /// nullptr where it is absent.
  const nlohmann::json* attribute(std::string_view name) const;
  /// What a to-many relationship leads to. A nil id stands for what could not be read, which is a problem.
  std::optional<std::vector<std::pair<std::string, Id<void>>>> identifiers(std::string_view name);
  /// The same, where all are of one type.
  template <class I>
  std::optional<std::vector<I>> ids(std::string_view name) {
    auto found = identifiers(name);
    if (!found) return std::nullopt;
    std::vector<I> ids;
    for (const auto& [type, id] : *found) ids.push_back(I{id.bytes});
    return ids;
  }
  /// What a to-one relationship leads to: an id, or nothing where it is null. Absent, and what cannot be
  /// read, which is a problem, is nullopt.
  template <class I>
  std::optional<std::optional<I>> id(std::string_view name) {
    auto found = identifier(name);
    if (!found) return std::nullopt;
    if (!*found) return std::optional<I>();
    return std::optional(I{(*found)->bytes});
  }
  bool has_relationship(std::string_view name) const { return relationship(name) != nullptr; }
  /// An open resource's attributes as compact JSON, with the numbers as they were written.
  std::string own_attributes();

  /// The first hundred count: a caller learns no more from the rest.
  void add(Problem problem) {
    if (problems_.size() < kMaxProblems) problems_.push_back(std::move(problem));
  }
  std::vector<Problem> take_problems() { return std::move(problems_); }

 private:
  static constexpr std::size_t kMaxProblems = 100;

  Document(const ResourceSpec& spec, nlohmann::json root, std::string_view text, bool creates)
      : spec_(spec), root_(std::move(root)), text_(text), creates_(creates) {}
  void check_members();
  bool may_write(Writes writes) const {
    return writes == Writes::always || (creates_ && writes == Writes::at_creation);
  }
  std::optional<std::string> raw_text(std::string_view name);
  std::optional<std::vector<std::string>> raw_texts(std::string_view name, std::size_t most);
  std::optional<std::optional<Id<void>>> identifier(std::string_view name);
  std::optional<Id<void>> read_identifier(const nlohmann::json& item, const RelationshipSpec& spec,
                                          const std::string& field);
  const nlohmann::json* relationship(std::string_view name) const;
  bool is_null(std::string_view name) const;

  ResourceSpec spec_;
  nlohmann::json root_;
  std::string_view text_;
  bool creates_;
  std::vector<Problem> problems_;
};

/// What a creation may leave out when its problems are told anyway.
template <class T>
T value_or_empty(std::optional<T> value) {
  return value ? std::move(*value) : T{};
}

}  // namespace byline::http
