#include "schemas/model.hpp"

#include <cassert>
#include <map>
#include <unordered_map>

#include "schemas/registry.hpp"

namespace liushui {
namespace codec {
namespace {

// A line while it is read: the head's fields come first, so the type is known when the body comes.
struct ParsedLine : EventHead {
    const std::unordered_map<std::string_view, EventType>* types = nullptr;
    std::shared_ptr<const void> body;
    std::optional<Entry> entry;
    const EventType* known = nullptr;
};

ParsedLine& line_of(void* object) {
    return *static_cast<ParsedLine*>(static_cast<EventHead*>(object));
}

bool read_body(JsonValue value, void* object, Refusal& refusal) {
    auto& line = line_of(object);
    const auto known = line.types->find(line.type);
    if (known == line.types->end())
        return refusal.because(Code::value_out_of_range, "a known type", line.type);
    if (known->second.version != line.version) {
        return refusal.because(Code::value_out_of_range, "version " + std::to_string(known->second.version),
                               std::to_string(line.version));
    }
    line.known = &known->second;
    return known->second.read(value, line.body, refusal);
}

bool read_entry(JsonValue value, void* object, Refusal& refusal) {
    return read_value(value, line_of(object).entry.emplace(), refusal);
}

constexpr auto line_readers = [] {
    constexpr auto& head = readers_of<EventHead>;
    std::array<Reader, std::size(head) + 2> readers{};
    for (std::size_t i = 0; i < std::size(head); ++i) readers[i] = head[i];
    readers[std::size(head)] = {"body", false, &read_body};
    readers[std::size(head) + 1] = {"entry", true, &read_entry};
    return readers;
}();

void write_line(std::string& out, const EventHead& head, const EventType& type, const void* body,
                const std::optional<Entry>& entry, Sight sight = {}) {
    bool first = true;
    out.push_back('{');
    write_fields(out, writers_of<EventHead>, &head, first, sight);
    write_name(out, "body", first);
    type.write(out, body, sight);
    if (entry && sight.books) {
        write_name(out, "entry", first);
        write_value(out, *entry);
    }
    out.push_back('}');
}

class TradeModel final : public Model {
  public:
    TradeModel() {
        for (auto& module : {kernel_types(), organization_types(), catalog_types(), inventory_types(),
                             purchasing_types(), sales_types()}) {
            for (const auto& event : module.events) events_.emplace(event.type, event);
            for (const auto& state : module.states) states_.emplace(state.kind, state);
        }
    }

    std::string line(const EventHead& head, const Draft& draft) const override {
        std::string out;
        out.reserve(1024);
        write_line(out, head, events_.at(draft.type), draft.body.get(), draft.entry);
        return out;
    }

    Result<Event> parse(std::string_view text) const override {
        ParsedLine line;
        line.types = &events_;
        auto read = read_document(
            text,
            [](JsonObject& object, void* target, Refusal& refusal) {
                return read_fields(object, line_readers, target, refusal);
            },
            static_cast<EventHead*>(&line));
        if (!read) return tl::make_unexpected(std::move(read).error());
        line.known->attach(const_cast<void*>(line.body.get()), line, line.entry);
        return Event{static_cast<EventHead&>(line), std::move(line.body), std::move(line.entry)};
    }

    std::string rewrite(const Event& event, Sight sight) const override {
        std::string out;
        write_line(out, event.head, events_.at(event.head.type), event.body.get(), event.entry, sight);
        return out;
    }

    std::vector<Change> changes(const Event& event) const override {
        Tags tags;
        events_.at(event.head.type).tags(event.head, event.body.get(), tags);
        return tags.take();
    }

    Result<std::shared_ptr<const void>> read_state(std::string_view tag,
                                                   std::string_view json) const override {
        return state_of(tag).read(json);
    }
    std::string write_state(std::string_view tag, const void* state) const override {
        return state_of(tag).write(state);
    }
    std::string fingerprint() const override {
        std::map<std::string_view, std::int64_t> versions;
        for (const auto& [kind, state] : states_) versions[kind] = state.version;
        std::string all;
        for (const auto& [kind, version] : versions) {
            all += kind;
            all += " " + std::to_string(version) + ";";
        }
        return all;
    }

  private:
    const StateType& state_of(std::string_view tag) const { return states_.at(tag.substr(0, tag.find(':'))); }

    std::unordered_map<std::string_view, EventType> events_;
    std::unordered_map<std::string_view, StateType> states_;
};

}  // namespace
}  // namespace codec

const Model& trade_model() {
    static const codec::TradeModel model;
    return model;
}

}  // namespace liushui
