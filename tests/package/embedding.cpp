#include <byline/service.hpp>
#include <byline/version.hpp>
#include <iostream>

int main(int, char** arguments) {
  auto founded = byline::found_organization(arguments[1], {.organization = "Harbor County",
                                                           .administrator_name = "Ada Moreno",
                                                           .administrator_email = "ada@example.org"});
  if (!founded) return std::cerr << founded.error() << '\n', 1;
  auto service = byline::Service::start({.data = arguments[1], .port = 0});
  if (!service) return std::cerr << service.error() << '\n', 1;
  std::cout << byline::version() << " at " << (*service)->base_url() << '\n';
  (*service)->stop();
  (*service)->wait();
}
