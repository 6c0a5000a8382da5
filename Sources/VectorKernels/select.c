#include "table.h"

/* Asked at every call: the answer is a load of a variable that the runtime has set before main. */
static const nj_table *table(void) {
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx2")) return &nj_avx2;
#endif
  return &nj_baseline;
}

const char *nj_vector_level(void) { return table()->name; }

void nj_map(nj_function function, const float *x, float *y, size_t count) { table()->map(function, x, y, count); }

void nj_lstm_step(nj_rows input, const float *bias, float *gates, const float *cell, float *cell_after,
                  float *tanh_cell, nj_rows output, ptrdiff_t rows, ptrdiff_t width) {
  table()->lstm_step(input, bias, gates, cell, cell_after, tanh_cell, output, rows, width);
}

void nj_lstm_gradient(nj_rows upstream, const float *state, float *cell_state, const float *gates,
                      const float *cell, const float *tanh_cell, nj_rows gradient, ptrdiff_t rows,
                      ptrdiff_t width) {
  table()->lstm_gradient(upstream, state, cell_state, gates, cell, tanh_cell, gradient, rows, width);
}

void nj_gru_step(nj_rows input, const float *bias, float *gates, float *recurrent, nj_rows before, nj_rows output,
                 ptrdiff_t rows, ptrdiff_t width) {
  table()->gru_step(input, bias, gates, recurrent, before, output, rows, width);
}

void nj_gru_gradient(nj_rows upstream, float *state, const float *gates, const float *recurrent, nj_rows before,
                     nj_rows gradient, float *of_product, ptrdiff_t rows, ptrdiff_t width) {
  table()->gru_gradient(upstream, state, gates, recurrent, before, gradient, of_product, rows, width);
}
