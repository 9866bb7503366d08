// Newton steps for convex problems of a few parameters (fusion weights, the out-of-scope head).
#pragma once

#include <vector>

namespace frontdesk::understand {

// Solves h·x = g for a symmetric positive definite h [n, n] by Cholesky; adds a small ridge
// where a pivot vanishes. n = g.size().
std::vector<double> SolveSymmetric(std::vector<double> h, std::vector<double> g);

}  // namespace frontdesk::understand
