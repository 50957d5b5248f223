#include "history/form.hpp"

#include "events/codec.hpp"

namespace byline::history {
namespace {

class JsonForm final : public Form {
 public:
  std::string line(const LogEntry&, std::string_view bytes, const Names&) const override {
    return std::string(bytes) + "\n";
  }
};

/// RFC 4180 §2: quoted where it must be. What a spreadsheet would take for a formula is told from one by an
/// apostrophe in front.
std::string csv_field(std::string text) {
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos)
    text.insert(0, "'");
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  for (auto at = text.find('"'); at != std::string::npos; at = text.find('"', at + 2))
    text.insert(at, 1, '"');
  return '"' + text + '"';
}

class CsvForm final : public Form {
 public:
  std::string head() const override {
    return "position,at,type,actor,actor_name,subject_kind,subject,subject_name,version,organization,"
           "credential,command,"
           "correlation,data\r\n";
  }
  std::string line(const LogEntry& entry, std::string_view, const Names& names) const override {
    auto actor = to_string(entry.actor), subject = to_string(Id<void>{entry.subject.id});
    std::string line;
    for (auto& field :
         {std::to_string(entry.position.value), to_string(entry.at), std::string(type_name(entry.event)),
          actor, names.name_of(actor), std::string(name_of(entry.subject.kind)), subject,
          names.name_of(subject) == subject ? std::string() : names.name_of(subject),
          std::to_string(entry.version.value), to_string(entry.organization),
          entry.credential ? to_string(*entry.credential) : std::string(), to_string(entry.command),
          entry.correlation, data_json(entry)})
      line += (line.empty() ? "" : ",") + csv_field(field);
    return line + "\r\n";
  }
};

}  // namespace

std::unique_ptr<Form> json_form() { return std::make_unique<JsonForm>(); }
std::unique_ptr<Form> csv_form() { return std::make_unique<CsvForm>(); }

std::unique_ptr<Form> form_named(std::string_view name, bool color) {
  if (name == "text") return text_form(color);
  if (name == "words") return words_form(color);
  if (name == "json") return json_form();
  if (name == "csv") return csv_form();
  if (name == "ocsf") return ocsf_form();
  return nullptr;
}

}  // namespace byline::history
