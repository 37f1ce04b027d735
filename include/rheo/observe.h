// SPDX-License-Identifier: Apache-2.0
// Records for hosts: one JSON line each, a story in sentences, and a file that collects them from a running engine.
//
//   auto trace  = rheo::RecordWriter::open("trace.jsonl").value();
//   auto engine = rheo::Engine::load("model.rheo", {.on_record = trace.listener()}).value();
//   engine.run(input);                                          // trace.jsonl has one line more for every item
//   if (!trace.status()) log(trace.status().message());         // the disk was full, say
//
// Such a file is a trace: `rheo replay model.rheo trace.jsonl` decides every request in it again, by the same policy or
// by another one, without running the model. Of the input itself a record holds nothing but four statistics.
#pragma once

#include <memory>
#include <span>
#include <string>

#include <rheo/export.h>
#include <rheo/record.h>
#include <rheo/status.h>

namespace rheo {

// The whole record as one line without a line break. Numbers read back to the last bit; NaN and infinity are null.
RHEO_EXPORT std::string to_json(const RunRecord& record);

// What was decided for one input and why, a line per step. `labels` names the answers; may be empty.
RHEO_EXPORT std::string explain(const RunRecord& record, std::span<const std::string> labels = {});

// Appends records to a file, one JSON line each. A cheap-copy handle; copies share the file, which is closed with the
// last one. All members may be called from many threads at once, and several processes may append to one file: a line
// goes out in one piece, without a buffer that could be lost. Never throws.
class RHEO_EXPORT RecordWriter {
 public:
  // Makes the file when it is missing. io_error: it cannot be written; bad_format: its last line has no end, because
  // its writer was interrupted, so a line after it could not be told from it.
  static Result<RecordWriter> open(const std::string& file);

  // Once a line could not be written whole, nothing is written after it and every call gives that first failure.
  Status write(const RunRecord& record) const;
  // ok, or that first failure: for those who write through `listener` and get no Status.
  Status status() const;
  // For LoadOptions::on_record. Keeps the file open as long as the engine that holds it.
  RecordListener listener() const;

 private:
  struct File;
  explicit RecordWriter(std::shared_ptr<File> file);
  std::shared_ptr<File> file_;
};

}  // namespace rheo
