// SPDX-License-Identifier: Apache-2.0
// What a host sees of its requests: every decision as a JSON line in a file, and counted while it serves.
// Usage: watch_decisions model.rheo [trace.jsonl]
#include <rheo/rheo.h>

#include <iostream>
#include <map>
#include <mutex>
#include <vector>

// Listens from every thread that serves, so it locks.
struct Watch {
  std::mutex mutex;
  std::map<std::string, int> answers;  // by path

  void hear(const rheo::RunRecord& record) {
    const std::lock_guard lock(mutex);
    ++answers[record.path.empty() ? "no answer" : std::string(record.path)];
  }
};

int main(int argc, char** argv) {
  if (argc < 2) return std::cerr << "usage: watch_decisions model.rheo [trace.jsonl]\n", 2;
  const std::string file = argc > 2 ? argv[2] : std::string(argv[1]) + ".trace.jsonl";
  const auto trace = rheo::RecordWriter::open(file).value();
  Watch watch;
  rheo::LoadOptions options;
  options.on_record = [&watch, write = trace.listener()](const rheo::RunRecord& record) {
    watch.hear(record);
    write(record);
  };
  auto engine = rheo::Engine::load(argv[1], options).value();

  std::vector<float> batch;  // [8, 1, 28, 28], from dark to bright
  for (int i = 0; i < 8; ++i) batch.insert(batch.end(), 28 * 28, static_cast<float>(i) / 8);
  const auto outcome = engine.run(rheo::TensorView(batch.data(), {8, 1, 28, 28})).value();
  std::cout << rheo::explain(outcome.record(), engine.labels());

  const rheo::TensorView first(batch.data(), {1, 1, 28, 28});
  const auto late = engine.run(first, {.timeout = std::chrono::nanoseconds(1)});
  std::cout << "in a hurry: " << (late ? std::string(late->record().path) : late.status().message()) << '\n';

  for (const auto& [path, count] : watch.answers) std::cout << path << ": " << count << '\n';
  if (!trace.status()) return std::cerr << trace.status().message() << '\n', 1;
  std::cout << "every line of " << file << " is one decision, the first: " << to_json(outcome.record()) << '\n';
}
