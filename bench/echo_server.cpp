// The bare peer of Byline's HTTP server: Beast as its own examples use it (example/http/server/awaitable),
// one coroutine a connection, reading a request and answering with a constant. What it makes is what the
// machine gives before anything is done with a request.
//
//   echo_server [--threads N] [--port P] [--port-file F]

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

// As long as the answer to a small write: a resource document of some 300 bytes.
constexpr std::string_view kAnswer =
    R"({"data":{"type":"applications","id":"01890a5d-ac96-774b-bcce-b302099a8057","attributes":{"name":"Form intake",)"
    R"("status":"active","created_at":"2026-03-01T08:15:30.000125Z","updated_at":"2026-03-01T08:15:30.000125Z"},)"
    R"("links":{"self":"/applications/01890a5d-ac96-774b-bcce-b302099a8057"}}})";

asio::awaitable<void> serve(tcp::socket socket) {
  socket.set_option(tcp::no_delay(true));
  beast::tcp_stream stream(std::move(socket));
  beast::flat_buffer buffer;
  for (;;) {
    stream.expires_after(std::chrono::seconds(30));
    http::request<http::string_body> request;
    boost::system::error_code error;
    co_await http::async_read(stream, buffer, request, asio::redirect_error(asio::use_awaitable, error));
    if (error) break;

    http::response<http::string_body> response(http::status::ok, request.version());
    response.set(http::field::content_type, "application/json");
    response.keep_alive(request.keep_alive());
    response.body() = kAnswer;
    response.prepare_payload();
    co_await http::async_write(stream, response, asio::redirect_error(asio::use_awaitable, error));
    if (error || !request.keep_alive()) break;
  }
  boost::system::error_code ignored;
  stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
}

asio::awaitable<void> accept(tcp::acceptor& acceptor) {
  for (;;) {
    auto socket = co_await acceptor.async_accept(asio::use_awaitable);
    auto executor = socket.get_executor();
    asio::co_spawn(executor, serve(std::move(socket)), asio::detached);
  }
}

std::map<std::string, std::string> arguments(int count, char** values) {
  std::map<std::string, std::string> given = {{"--threads", "1"}, {"--port", "0"}, {"--port-file", ""}};
  for (int i = 1; i + 1 < count; i += 2) given.insert_or_assign(values[i], values[i + 1]);
  return given;
}

}  // namespace

int main(int count, char** values) {
  auto given = arguments(count, values);
  auto threads = std::stoi(given["--threads"]);
  asio::io_context context(threads);
  tcp::endpoint endpoint(asio::ip::make_address("127.0.0.1"),
                         static_cast<std::uint16_t>(std::stoi(given["--port"])));
  tcp::acceptor acceptor(context, endpoint);
  auto port = acceptor.local_endpoint().port();
  if (!given["--port-file"].empty()) std::ofstream(given["--port-file"]) << port << '\n';
  std::cout << "listening on 127.0.0.1:" << port << std::endl;

  asio::co_spawn(context, accept(acceptor), asio::detached);
  std::vector<std::jthread> others;
  for (int i = 1; i < threads; ++i) others.emplace_back([&context] { context.run(); });
  context.run();
}
