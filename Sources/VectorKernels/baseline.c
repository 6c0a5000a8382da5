/* For every processor of the architecture. */
#define WIDTH 4
#define TABLE nj_baseline
#define NAME "baseline"
#include "kernels.inc"
