void nj_placeholder(void) {}
