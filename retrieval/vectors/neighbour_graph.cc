#include "retrieval/vectors/neighbour_graph.h"

#include <hnswlib/hnswlib.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace frontdesk::retrieval {
namespace {

constexpr size_t kLinks = 16;
constexpr size_t kBuildEffort = 200;
constexpr size_t kSeed = 100;

// What hnswlib holds of a row: scale and sum of the values, then the values.
struct RowHead {
  float scale;
  int32_t sum;
};

struct Form {
  size_t stride;
  void (*dots)(const int8_t* query, const int8_t* rows, const int32_t* sums, size_t count,
               size_t size, int32_t* out);
};

std::string Packed(float scale, int32_t sum, std::span<const int8_t> values) {
  const RowHead head{scale, sum};
  std::string out(reinterpret_cast<const char*>(&head), sizeof(head));
  out.append(reinterpret_cast<const char*>(values.data()), values.size());
  return out;
}

float Distance(const void* a, const void* b, const void* form_pointer) {
  const auto& form = *static_cast<const Form*>(form_pointer);
  RowHead head_a, head_b;
  std::memcpy(&head_a, a, sizeof(RowHead));
  std::memcpy(&head_b, b, sizeof(RowHead));
  int32_t dot = 0;
  form.dots(static_cast<const int8_t*>(a) + sizeof(RowHead),
            static_cast<const int8_t*>(b) + sizeof(RowHead), &head_b.sum, 1, form.stride, &dot);
  return 1.0f - static_cast<float>(dot) * head_a.scale * head_b.scale;
}

class RowSpace : public hnswlib::SpaceInterface<float> {
 public:
  explicit RowSpace(size_t stride) : form_{stride, DotKernels().back().run} {}
  size_t get_data_size() override { return sizeof(RowHead) + form_.stride; }
  hnswlib::DISTFUNC<float> get_dist_func() override { return Distance; }
  void* get_dist_func_param() override { return &form_; }

 private:
  Form form_;
};

}  // namespace

struct NeighbourGraph::Parts {
  Parts(size_t rows, size_t stride)
      : space(stride), graph(&space, std::max<size_t>(rows, 1), kLinks, kBuildEffort, kSeed) {}
  RowSpace space;
  hnswlib::HierarchicalNSW<float> graph;
};

NeighbourGraph::NeighbourGraph(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
NeighbourGraph::~NeighbourGraph() = default;

std::shared_ptr<const NeighbourGraph> NeighbourGraph::Build(const std::vector<VectorRow>& rows) {
  const size_t stride = rows.empty() ? 64 : rows.front().vectors->row(rows.front().row).size();
  auto parts = std::make_unique<Parts>(rows.size(), stride);
  for (size_t i = 0; i < rows.size(); ++i) {
    const Int8Vectors& vectors = *rows[i].vectors;
    const std::string row = Packed(vectors.scale(rows[i].row), vectors.sum(rows[i].row),
                                   vectors.row(rows[i].row));
    parts->graph.addPoint(row.data(), i);
  }
  return std::shared_ptr<const NeighbourGraph>(new NeighbourGraph(std::move(parts)));
}

size_t NeighbourGraph::size() const { return parts_->graph.cur_element_count; }

std::vector<uint32_t> NeighbourGraph::Near(const Int8Query& query, size_t count,
                                           size_t effort) const {
  std::vector<uint32_t> out;
  if (size() == 0 || count == 0) return out;
  int32_t sum = 0;
  for (const int8_t v : query.values) sum += v;
  const std::string row = Packed(query.scale, sum, query.values);
  // The walk keeps as many candidates as it is asked for.
  auto found = parts_->graph.searchKnn(row.data(), std::max(count, effort));
  for (; !found.empty(); found.pop()) out.push_back(static_cast<uint32_t>(found.top().second));
  std::reverse(out.begin(), out.end());
  if (out.size() > count) out.resize(count);
  return out;
}

}  // namespace frontdesk::retrieval
