#include "net/names.h"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <mutex>
#include <utility>

namespace net {
namespace {

constexpr std::chrono::seconds kFresh{30};

}  // namespace

// Lets a look-up that ends after its client find out that the client is gone.
struct Names::Gate {
  std::mutex mutex;
  Names* names = nullptr;
};

Names::Names(boost::asio::io_context& io, std::string host, Lookup lookup)
    : io_(io), host_(std::move(host)), lookup_(std::move(lookup)), gate_(std::make_shared<Gate>()) {
  gate_->names = this;
}

Names::~Names() {
  const std::scoped_lock lock(gate_->mutex);
  gate_->names = nullptr;
}

void Names::find(Done done) {
  boost::system::error_code not_literal;
  boost::asio::ip::make_address(host_, not_literal);
  if (!not_literal) {
    done(std::vector<std::string>{host_});
    return;
  }
  if (!known_.empty() && std::chrono::steady_clock::now() - known_since_ < kFresh) {
    done(known_);
    return;
  }
  waiting_.push_back(std::move(done));
  if (asking_) return;
  asking_ = true;
  look_up(host_, lookup_, [gate = gate_](Addresses addresses) {
    const std::scoped_lock lock(gate->mutex);
    Names* names = gate->names;
    if (names == nullptr) return;
    boost::asio::post(names->io_,
                      [names, found = std::move(addresses)]() mutable { names->arrived(std::move(found)); });
  });
}

void Names::forget() { known_.clear(); }

void Names::arrived(Addresses addresses) {
  asking_ = false;
  if (addresses) {
    known_ = *addresses;
    known_since_ = std::chrono::steady_clock::now();
  }
  for (const auto& done : std::exchange(waiting_, {})) done(addresses);
}

}  // namespace net
