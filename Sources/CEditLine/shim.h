#include <histedit.h>
#include <locale.h>
#include <signal.h>
#include <unistd.h>

/* el_set() and history() take variable arguments, which Swift cannot pass. Here are the uses that nightjar has. */

typedef char *(*nj_prompt_function)(EditLine *);
typedef unsigned char (*nj_key_function)(EditLine *, int);

static inline EditLine *nj_edit_open(void) { return el_init("nightjar", stdin, stdout, stderr); }

static inline void nj_edit_set_prompt(EditLine *edit, nj_prompt_function prompt) { el_set(edit, EL_PROMPT, prompt); }
static inline void nj_edit_set_client(EditLine *edit, void *client) { el_set(edit, EL_CLIENTDATA, client); }
static inline void *nj_edit_client(EditLine *edit) {
  void *client = NULL;
  el_get(edit, EL_CLIENTDATA, &client);
  return client;
}

/* Binds a key, such as "^I", to a function. */
static inline void nj_edit_bind(EditLine *edit, const char *key, const char *name, nj_key_function function) {
  el_set(edit, EL_ADDFN, name, name, function);
  el_set(edit, EL_BIND, key, name, NULL);
}
static inline void nj_edit_bind_builtin(EditLine *edit, const char *key, const char *name) {
  el_set(edit, EL_BIND, key, name, NULL);
}

/* Emacs keys. Ctrl-C and Ctrl-Z arrive as keys while a line is edited; other signals are handled by libedit. */
static inline void nj_edit_start(EditLine *edit, History *history_of_lines) {
  el_set(edit, EL_EDITOR, "emacs");
  el_set(edit, EL_SIGNAL, 1);
  el_set(edit, EL_HIST, history, history_of_lines);
  el_set(edit, EL_SETTY, "-d", "-isig", NULL);
}

/* Makes the terminal deliver keys. libedit does so only after it has displayed the prompt, and what is typed in between
   would be a signal (Ctrl-C) or lost (Ctrl-D). */
static inline void nj_edit_prepare(EditLine *edit) { el_set(edit, EL_PREP_TERM, 1); }

/* Stops the process, as Ctrl-Z does, with the terminal as the shell expects it. */
static inline void nj_edit_suspend(EditLine *edit) {
  el_set(edit, EL_PREP_TERM, 0);
  kill(getpid(), SIGTSTP);
  el_set(edit, EL_PREP_TERM, 1);
}

static inline void nj_history_set_size(History *lines, int size) {
  HistEvent event;
  history(lines, &event, H_SETSIZE, size);
  history(lines, &event, H_SETUNIQUE, 1);
}
static inline void nj_history_enter(History *lines, const char *line) {
  HistEvent event;
  history(lines, &event, H_ENTER, line);
}
