#include "VectorKernelTable.h"

const nj_table *nj_vector_table(int level) {
#ifdef __x86_64__
  if (level == 2)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                   __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
               ? &nj_avx512
               : 0;
  if (level == 1) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &nj_avx2 : 0;
#endif
  return level == 0 ? &nj_baseline : 0;
}

/* Asked at every call: the answer is a load of a variable that the runtime has set before main. */
static const nj_table *table(void) {
  for (int level = 2; level > 0; level--) {
    const nj_table *found = nj_vector_table(level);
    if (found) return found;
  }
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

void nj_softmax_rows(const float *x, float *y, ptrdiff_t rows, ptrdiff_t length, int is_logarithm) {
  table()->softmax_rows(x, y, rows, length, is_logarithm);
}

void nj_softmax_columns(const float *x, float *y, ptrdiff_t length, ptrdiff_t stride, ptrdiff_t columns,
                        int is_logarithm) {
  table()->softmax_columns(x, y, length, stride, columns, is_logarithm);
}

void nj_softmax_gradient(const float *y, const float *upstream, float *gradient, ptrdiff_t rows, ptrdiff_t length,
                         int is_logarithm) {
  table()->softmax_gradient(y, upstream, gradient, rows, length, is_logarithm);
}

void nj_attention_weights(float *scores, float *statistics, ptrdiff_t rows, ptrdiff_t length, float scale,
                          ptrdiff_t visible) {
  table()->attention_weights(scores, statistics, rows, length, scale, visible);
}

void nj_attention_gradient(float *scores, float *of_weights, const float *statistics, nj_rows output, nj_rows upstream,
                           ptrdiff_t columns, ptrdiff_t rows, ptrdiff_t length, float scale, ptrdiff_t visible) {
  table()->attention_gradient(scores, of_weights, statistics, output, upstream, columns, rows, length, scale, visible);
}

void nj_layer_norm(const float *x, const float *weight, const float *bias, float epsilon, float *y, float *statistics,
                   ptrdiff_t rows, ptrdiff_t width) {
  table()->layer_norm(x, weight, bias, epsilon, y, statistics, rows, width);
}

void nj_layer_norm_gradient(const float *x, const float *weight, const float *statistics, const float *upstream,
                            float *gradient, float *sums, ptrdiff_t rows, ptrdiff_t width) {
  table()->layer_norm_gradient(x, weight, statistics, upstream, gradient, sums, rows, width);
}

void nj_running_sums(const float *x, float *y, ptrdiff_t rows, ptrdiff_t length, int is_reversed) {
  table()->running_sums(x, y, rows, length, is_reversed);
}

void nj_running_column_sums(const float *x, float *y, ptrdiff_t length, ptrdiff_t stride, ptrdiff_t columns,
                            int is_reversed) {
  table()->running_column_sums(x, y, length, stride, columns, is_reversed);
}

void nj_order_keys(const float *x, uint32_t *keys, ptrdiff_t count, uint32_t flip) {
  table()->order_keys(x, keys, count, flip);
}

ptrdiff_t nj_first_below(const uint32_t *keys, ptrdiff_t start, ptrdiff_t count, uint32_t limit) {
  return table()->first_below(keys, start, count, limit);
}

void nj_multiply_panels(const float *left, ptrdiff_t left_stride, int is_transposed, const float *panels,
                        ptrdiff_t inner, float *result,
                        ptrdiff_t result_stride, ptrdiff_t rows, ptrdiff_t columns, int adds) {
  table()->multiply_panels(left, left_stride, is_transposed, panels, inner, result, result_stride, rows, columns, adds);
}

void nj_pack_panels(const float *right, ptrdiff_t stride, int is_transposed, ptrdiff_t inner, ptrdiff_t columns,
                    float *panels) {
  table()->pack_panels(right, stride, is_transposed, inner, columns, panels);
}

void nj_random_words(const uint32_t *key, uint64_t first, uint64_t stream, uint32_t *rows, ptrdiff_t count) {
  table()->random_words(key, first, stream, rows, count);
}

int nj_drop(const uint16_t *bits, int32_t limit, float scale, const float *x, float *y, ptrdiff_t count) {
  return table()->drop(bits, limit, scale, x, y, count);
}

void nj_run_tile(const nj_instruction *code, ptrdiff_t instructions, float *const *slots, ptrdiff_t count) {
  table()->run_tile(code, instructions, slots, count);
}

ptrdiff_t nj_spike_indices(const float *x, ptrdiff_t count, ptrdiff_t limit, int32_t *indices) {
  return table()->spike_indices(x, count, limit, indices);
}

void nj_add_panel_rows(const int32_t *indices, ptrdiff_t count, const float *panel, float *y, ptrdiff_t columns) {
  table()->add_panel_rows(indices, count, panel, y, columns);
}

void nj_depthwise(nj_window window, const float *x, const float *taps, const float *bias, float *y, ptrdiff_t first,
                  ptrdiff_t steps) {
  table()->depthwise(window, x, taps, bias, y, first, steps);
}

void nj_depthwise_taps(nj_window window, const float *x, const float *upstream, ptrdiff_t first, ptrdiff_t steps,
                       float *sums) {
  table()->depthwise_taps(window, x, upstream, first, steps, sums);
}

void nj_winograd_input(const float *const *x, float *const *y, ptrdiff_t count) {
  table()->winograd_input(x, y, count);
}

void nj_winograd_taps(const float *const *x, float *const *y, ptrdiff_t count) {
  table()->winograd_taps(x, y, count);
}

void nj_winograd_output(const float *const *x, const float *bias, float *const *y, ptrdiff_t count) {
  table()->winograd_output(x, bias, y, count);
}

void nj_winograd_upstream(const float *const *x, float *const *y, ptrdiff_t count) {
  table()->winograd_upstream(x, y, count);
}

void nj_winograd_weight(const float *const *x, float *const *y, ptrdiff_t count) {
  table()->winograd_weight(x, y, count);
}

void nj_normalize_pool(const float *x, const float *scale, const float *shift, int is_rectified, ptrdiff_t window,
                       ptrdiff_t stride, float *y, ptrdiff_t rows, ptrdiff_t width) {
  table()->normalize_pool(x, scale, shift, is_rectified, window, stride, y, rows, width);
}

void nj_fourier_pass(ptrdiff_t radix, ptrdiff_t span, ptrdiff_t stride, const void *twiddles, const void *roots,
                     ptrdiff_t lanes, const void *x, void *y) {
  table()->fourier_pass(radix, span, stride, twiddles, roots, lanes, x, y);
}

void nj_load_frames(const float *x, const ptrdiff_t *starts, const float *window, ptrdiff_t count, int is_complex,
                    void *frames) {
  table()->load_frames(x, starts, window, count, is_complex, frames);
}

void nj_frame_power(const void *spectra, const void *twiddles, ptrdiff_t half, ptrdiff_t wanted, void *power) {
  table()->frame_power(spectra, twiddles, half, wanted, power);
}

void nj_frame_logarithms(void *levels, ptrdiff_t count, float least, float offset, float scale) {
  table()->frame_logarithms(levels, count, least, offset, scale);
}

void nj_limit_frames(void *levels, ptrdiff_t count, float range) { table()->limit_frames(levels, count, range); }

void nj_transform_frames(const void *values, ptrdiff_t offset, ptrdiff_t inputs, const float *matrix, ptrdiff_t outputs,
                         ptrdiff_t frames, float *result, ptrdiff_t start) {
  table()->transform_frames(values, offset, inputs, matrix, outputs, frames, result, start);
}
