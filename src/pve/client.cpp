#include "pve/client.h"

#include <chrono>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "pve/answer.h"
#include "pve/secret.h"

namespace pve {
namespace {

std::string encode(const Parameters& parameters) {
  std::string out;
  for (const auto& [name, value] : parameters) {
    if (!out.empty()) out += '&';
    out += base::percent_encode(name);
    out += '=';
    out += base::percent_encode(value);
  }
  return out;
}

// Names only: a value may be a password.
std::string names_of(const Parameters& parameters) {
  std::string out;
  for (const auto& entry : parameters) out += (out.empty() ? " [" : " ") + entry.first;
  return out.empty() ? out : out + "]";
}

net::Request request_of(const Call& call, const std::string& token_id, const std::string& secret) {
  net::Request request;
  request.method = call.method;
  request.target = "/api2/json" + call.path;
  request.headers.emplace_back("Authorization", "PVEAPIToken=" + token_id + "=" + secret);
  std::string form = encode(call.parameters);
  if (call.method == base::Method::Post || call.method == base::Method::Put) {
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    request.body = std::move(form);
  } else if (!form.empty()) {
    request.target += "?" + form;
  }
  return request;
}

bool worth_repeating(const net::Failure& failure, base::Method method) {
  const bool broken = failure.kind == net::Failure::Kind::Closed || failure.kind == net::Failure::Kind::Tls;
  return broken && (method == base::Method::Get || failure.nothing_sent);
}

Error error_of(net::Failure failure) {
  Error error;
  error.kind =
      failure.kind == net::Failure::Kind::Cancelled ? Error::Kind::Cancelled : Error::Kind::Connection;
  error.message = base::printable(failure.detail, 1000);
  error.failure = std::move(failure);
  return error;
}

// A repeat is asked for only if nothing of the request was written, so nothing of it was sent at all.
Error held_back(std::string why) {
  Error error;
  error.kind = Error::Kind::Held;
  error.message = std::move(why);
  return error;
}

}  // namespace

Client::Client(net::HttpClient& http, const Credentials& credentials, ClientOptions options)
    : http_(http),
      token_id_(credentials.token_id),
      secret_(std::make_shared<Secret>(credentials)),
      options_(std::move(options)),
      rejected_(std::make_shared<std::atomic<bool>>(false)) {}

Client::Client(const Client& whole, View& view)
    : http_(whole.http_),
      token_id_(whole.token_id_),
      secret_(whole.secret_),
      options_(whole.options_),
      rejected_(whole.rejected_),
      view_(&view) {}

Client::~Client() = default;

std::expected<net::Response, Error> Client::send(const Call& call, const std::stop_token& stop) {
  if (*rejected_) return std::unexpected(rejection());
  auto secret = secret_->get();
  if (!secret) {
    Error error;
    error.kind = Error::Kind::Connection;
    error.message = secret.error();
    return std::unexpected(std::move(error));
  }
  auto response = attempt(call, *secret, stop);
  if (!response && response.error().kind == Error::Kind::Rejected && secret_->renew(*secret)) {
    if (auto other = secret_->get()) response = attempt(call, *other, stop);
  }
  if (response) return response;
  if (response.error().kind == Error::Kind::Rejected) return std::unexpected(reject());
  return std::unexpected(without_secret(std::move(response.error())));
}

std::expected<Answer, Error> Client::call(const Call& call, const std::stop_token& stop) {
  if (view_ == nullptr) return ask(call, stop);
  return view_->call(call, [&](const Call& sent) { return ask(sent, stop); }, stop);
}

std::expected<Answer, Error> Client::ask(const Call& call, const std::stop_token& stop) {
  auto response = send(call, stop);
  if (!response) return std::unexpected(std::move(response.error()));
  auto answer = read_response(*response);
  if (!answer) return std::unexpected(without_secret(std::move(answer.error())));
  return answer;
}

std::expected<std::string, Error> Client::text(const Call& call, const std::stop_token& stop) {
  if (view_ != nullptr) {
    auto answer = this->call(call, stop);
    if (!answer) return std::unexpected(std::move(answer.error()));
    std::string body = R"({"data":)";
    return body.append(base::write_json(answer->data)).append("}");
  }
  auto response = send(call, stop);
  if (!response) return std::unexpected(std::move(response.error()));
  return std::move(response->body);
}

Error Client::without_secret(Error error) const {
  error.message = secret_->redact(error.message);
  for (auto& entry : error.errors) entry.second = secret_->redact(entry.second);
  return error;
}

std::expected<net::Response, Error> Client::attempt(const Call& call, const std::string& secret,
                                                    const std::stop_token& stop) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  const auto spent = [&] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
  };
  const net::Request request = request_of(call, token_id_, secret);
  const auto log = [&](const std::string& result) {
    if (base::log_debug())
      base::log(base::LogLevel::Debug, secret_->redact(std::string(base::name(call.method)) + " " +
                                                       call.path + names_of(call.parameters) + ": " + result +
                                                       ", " + std::to_string(spent().count()) + " ms"));
  };
  std::optional<std::string> why;
  const auto may_send = [&] {
    if (call.method != base::Method::Get) why = held();
    return !why;
  };
  const auto send = [&](std::chrono::milliseconds timeout) -> std::expected<net::Response, net::Failure> {
    if (!may_send()) return std::unexpected(net::Failure{net::Failure::Kind::Cancelled, "held", true, {}});
    return http_.send(request, {timeout, stop, may_send});
  };
  auto response = send(options_.timeout);
  if (!response && worth_repeating(response.error(), call.method) && !stop.stop_requested() &&
      spent() < options_.timeout) {
    log(response.error().detail + ", once more");
    response = send(options_.timeout - spent());
  }
  if (!response && why) return std::unexpected(held_back(*std::move(why)));
  if (!response) {
    log(response.error().detail);
    return std::unexpected(error_of(std::move(response.error())));
  }
  log(std::to_string(response->status) + " " + response->reason);
  if (auto error = read_refusal(*response)) return std::unexpected(*std::move(error));
  return *std::move(response);
}

Error Client::rejection() const {
  Error error;
  error.kind = Error::Kind::Rejected;
  error.status = 401;
  error.message = "PVE at " + options_.base_url + " rejects the API token '" +
                  base::printable(token_id_, 150) +
                  "' (401): PVE does not know the token, its secret is wrong, or the token or its user is "
                  "disabled or expired";
  return error;
}

Error Client::reject() {
  Error error = rejection();
  if (!rejected_->exchange(true) && options_.on_rejected)
    options_.on_rejected(explain(error, "", options_.base_url));
  return error;
}

}  // namespace pve
