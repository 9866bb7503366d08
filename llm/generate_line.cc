#include "llm/generate_line.h"

#include "absl/strings/str_format.h"
#include "llm/tokenizer/utf8_stream.h"

namespace frontdesk::llm {

absl::StatusOr<GeneratedLine> RunLine(LocalModel& model, const GenerateLine& line) {
  TokenRequest request;
  request.prompt = line.prompt_token_ids
                       ? *line.prompt_token_ids
                       : model.tokenizer().Encode(line.prompt_text, MarksInText::kControlTokens);
  request.max_tokens = line.max_tokens;
  request.sampling = line.sampling;
  request.key = line.key;
  if (line.follow) {
    if (line.follow->empty()) return absl::InvalidArgumentError("there are no ids to follow");
    request.forced = *line.follow;
  }
  request.use_prefix_cache = false;
  request.want_gaps = true;
  request.want_top = 5;
  request.want_logit_hash = true;
  absl::StatusOr<TokenRun> run = model.RunTokens(request);
  if (!run.ok()) return run.status();

  GeneratedLine out;
  Utf8Stream stream;
  for (int32_t id : run->token_ids) out.output_text += stream.Push(model.tokenizer().Piece(id));
  out.output_text += stream.Flush();
  out.prompt_token_ids = std::move(request.prompt);
  out.output_token_ids = std::move(run->token_ids);
  out.argmax_ids = std::move(run->argmax_ids);
  out.gaps = std::move(run->gaps);
  out.top5_step0 = std::move(run->top);
  out.stop = run->stop;
  out.logit_hash = absl::StrFormat("%016x", run->logit_hash);
  return out;
}

}  // namespace frontdesk::llm
