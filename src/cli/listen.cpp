#include "cli/listen.hpp"

#include <filesystem>
#include <fstream>

namespace byline::cli {

std::string read_listen(const std::string& text, std::string& address, std::uint16_t& port) {
  std::string wrong = "--listen takes an address and a port, such as 127.0.0.1:8080 or [::1]:0.";
  auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return wrong;
  address = text.substr(0, colon);
  if (address == "localhost") address = "127.0.0.1";
  if (address.front() == '[' && address.back() == ']') address = address.substr(1, address.size() - 2);
  auto digits = text.substr(colon + 1);
  if (digits.empty() || digits.size() > 5 || digits.find_first_not_of("0123456789") != std::string::npos)
    return wrong;
  auto number = std::stoul(digits);
  port = static_cast<std::uint16_t>(number);
  return number <= 65535 ? "" : wrong;
}

std::string write_port_file(const std::string& file, std::uint16_t port) {
  if (file.empty()) return {};
  auto beside = file + ".new";
  std::ofstream out(beside);
  out << port << '\n';
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(beside, file, error);
  return out && !error ? "" : "The port file " + file + " cannot be written.";
}

}  // namespace byline::cli
