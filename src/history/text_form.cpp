#include <nlohmann/json.hpp>

#include "events/codec.hpp"
#include "history/form.hpp"

namespace byline::history {
namespace {

// Of ECMA-48: what terminals show in color.
constexpr std::string_view kDim = "\x1B[2m", kBold = "\x1B[1m", kCyan = "\x1B[36m", kPlain = "\x1B[0m";

/// A permission matrix as `intake:view,edit people:view`; a level below all stands behind its operation.
std::string permissions_text(const nlohmann::ordered_json& matrix) {
  std::string text;
  for (const auto& [area, operations] : matrix.items()) {
    text += (text.empty() ? "" : " ") + area;
    char separator = ':';
    for (const auto& [operation, level] : operations.items()) {
      text += separator + operation;
      if (level != "all") text += "=" + level.get<std::string>();
      separator = ',';
    }
  }
  return "[" + text + "]";
}

/// The event's own fields as `name=value`, ids of known things by their names.
std::string fields_of(const LogEntry& entry, const Names& names) {
  std::string text;
  auto fields = nlohmann::ordered_json::parse(data_json(with_marks(entry)));
  for (const auto& [key, value] : fields.items()) {
    text += "  " + key + "=";
    if (key == "permissions") {
      text += permissions_text(value);
    } else if (value.is_array()) {
      std::string list;
      for (const auto& item : value)
        list += (list.empty() ? "" : ", ") +
                (item.is_string() ? names.name_of(item.get<std::string>()) : item.dump());
      text += "[" + list + "]";
    } else {
      text +=
          value.is_string() ? nlohmann::json(names.name_of(value.get<std::string>())).dump() : value.dump();
    }
  }
  return text;
}

/// What is for people's eyes.
class ReadableForm : public Form {
 protected:
  explicit ReadableForm(bool color) : color_(color) {}
  std::string in(std::string_view color, std::string text) const {
    text = printable(std::move(text));
    return color_ ? std::string(color) + text + std::string(kPlain) : text;
  }
  std::string place(const LogEntry& entry) const {
    constexpr std::size_t kWidth = 8;
    auto position = std::to_string(entry.position.value);
    position.insert(0, position.size() < kWidth ? kWidth - position.size() : 0, ' ');
    return in(kDim, position + "  " + to_string(entry.at)) + "  ";
  }

 private:
  const bool color_;
};

class TextForm final : public ReadableForm {
 public:
  explicit TextForm(bool color) : ReadableForm(color) {}
  std::string line(const LogEntry& entry, std::string_view, const Names& names) const override {
    auto subject = to_string(Id<void>{entry.subject.id});
    auto name = names.name_of(subject);
    auto line = place(entry) + in(kBold, names.name_of(to_string(entry.actor))) + "  " +
                in(kCyan, std::string(type_name(entry.event))) + "  " +
                std::string(name_of(entry.subject.kind)) + " " + in(kDim, subject);
    if (name != subject) line += " (" + printable(name) + ")";
    return line + printable(fields_of(entry, names)) + "\n";
  }
};

class WordsForm final : public ReadableForm {
 public:
  explicit WordsForm(bool color) : ReadableForm(color) {}
  std::string line(const LogEntry& entry, std::string_view, const Names& names) const override {
    return place(entry) + printable(sentence_of(entry, names)) + "\n";
  }
};

}  // namespace

std::unique_ptr<Form> words_form(bool color) { return std::make_unique<WordsForm>(color); }
std::unique_ptr<Form> text_form(bool color) { return std::make_unique<TextForm>(color); }

std::string printable(std::string text) {
  for (auto& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  auto blank = [&text](std::string_view control) {
    for (auto at = text.find(control); at != std::string::npos; at = text.find(control, at))
      text.replace(at, control.size(), " ");
  };
  for (int low = 0x80; low < 0xA0; ++low) blank(std::string{'\xC2', static_cast<char>(low)});  // C1
  // Of writing direction (UAX #9): they would show a line in another order than it has.
  for (auto control :
       {"\xD8\x9C", "\xE2\x80\x8E", "\xE2\x80\x8F", "\xE2\x80\xAA", "\xE2\x80\xAB", "\xE2\x80\xAC",
        "\xE2\x80\xAD", "\xE2\x80\xAE", "\xE2\x81\xA6", "\xE2\x81\xA7", "\xE2\x81\xA8", "\xE2\x81\xA9"}) {
    blank(control);
  }
  return text;
}

std::string printable_lines(const std::string& text) {
  std::string lines;
  for (std::size_t begin = 0; begin < text.size();) {
    auto end = std::min(text.find('\n', begin), text.size());
    lines += printable(text.substr(begin, end - begin)) + "\n";
    begin = end + 1;
  }
  return lines;
}

}  // namespace byline::history
