#include "api/admission.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace liushui {
namespace {

std::string name_of(Doing doing) {
    switch (doing) {
        case Doing::command:
            return "commands";
        case Doing::query:
            return "queries";
        case Doing::import:
            return "imports";
    }
    return {};
}

}  // namespace

const AdmissionLimits::Limit& Admission::limit_of(Doing doing) const {
    switch (doing) {
        case Doing::command:
            return limits_.commands;
        case Doing::query:
            return limits_.queries;
        case Doing::import:
            return limits_.imports;
    }
    return limits_.commands;
}

// Under the mutex. Of so many commands those that his rate allows now, which are taken from it.
std::size_t Admission::within_rate(const TenantId& tenant, std::size_t commands, Clock::time_point now) {
    constexpr std::chrono::seconds remembered{1};
    constexpr std::chrono::milliseconds saved{50};  // of his rate, for a burst
    constexpr std::size_t tenants_max = 10'000;     // then all begin anew
    if (last_.tenant != tenant) other_ = std::exchange(last_, Seen{tenant, now});
    last_.at = now;
    const bool alone = other_.tenant.value.empty() || now - other_.at > remembered;
    if (alone) return commands;
    const auto rate = static_cast<double>(limits_.tenant_rate);
    const double most = rate * std::chrono::duration<double>(saved).count();
    if (credits_.size() > tenants_max) credits_.clear();
    auto& credit = credits_.try_emplace(tenant, Credit{most, now}).first->second;
    credit.commands =
        std::min(most, credit.commands + rate * std::chrono::duration<double>(now - credit.at).count());
    credit.at = now;
    commands = std::min(commands, static_cast<std::size_t>(credit.commands));
    credit.commands -= static_cast<double>(commands);
    return commands;
}

std::size_t Admission::paced(const TenantId& tenant, std::size_t commands, Clock::time_point now) {
    const std::lock_guard lock{mutex_};
    // Beside others an import has half his rate: its documents are long, and it is in no hurry.
    return (within_rate(tenant, 2 * commands, now) + 1) / 2;
}

Result<std::shared_ptr<Admission::Pass>> Admission::enter(const TenantId& tenant, Doing doing,
                                                          Clock::time_point now) {
    const auto kind = static_cast<std::size_t>(doing);
    const auto& limit = limit_of(doing);
    const std::lock_guard lock{mutex_};
    const auto known = tenants_.find(tenant);
    const Held his = known == tenants_.end() ? Held{} : known->second;
    if (his.counts[kind] >= limit.tenant)
        return fail(Code::tenant_overloaded, name_of(doing), {}, std::to_string(limit.tenant) + " at once");
    if (doing == Doing::query && his.answer_bytes >= limits_.answer_bytes.tenant)
        return fail(Code::tenant_overloaded, "answers");
    if (all_.counts[kind] >= limit.all) return fail(Code::overloaded, name_of(doing));
    if (doing == Doing::query && all_.answer_bytes >= limits_.answer_bytes.all)
        return fail(Code::overloaded, "answers");
    if (doing != Doing::import && within_rate(tenant, 1, now) == 0) {
        return fail(Code::tenant_overloaded, name_of(doing), {},
                    std::to_string(limits_.tenant_rate) + " a second");
    }
    auto pass = std::make_shared<Pass>(*this, tenant, doing);
    auto& held = tenants_[tenant];
    ++held.counts[kind];
    ++held.passes;
    ++all_.counts[kind];
    return pass;
}

void Admission::Pass::weigh(std::size_t answer_bytes) {
    const std::lock_guard lock{admission_.mutex_};
    answer_bytes_ = answer_bytes;
    admission_.tenants_.at(tenant_).answer_bytes += answer_bytes;
    admission_.all_.answer_bytes += answer_bytes;
}

Admission::Pass::~Pass() {
    const auto kind = static_cast<std::size_t>(doing_);
    const std::lock_guard lock{admission_.mutex_};
    admission_.all_.answer_bytes -= answer_bytes_;
    --admission_.all_.counts[kind];
    const auto place = admission_.tenants_.find(tenant_);
    auto& held = place->second;
    held.answer_bytes -= answer_bytes_;
    --held.counts[kind];
    if (--held.passes == 0) admission_.tenants_.erase(place);
}

std::size_t Admission::in_progress(Doing doing) const {
    const std::lock_guard lock{mutex_};
    return all_.counts[static_cast<std::size_t>(doing)];
}

std::size_t Admission::answer_bytes() const {
    const std::lock_guard lock{mutex_};
    return all_.answer_bytes;
}

}  // namespace liushui
