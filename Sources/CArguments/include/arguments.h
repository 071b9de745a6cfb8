// The arguments that this process was started with.
int program_argument_count(void);
char *const *program_arguments(void);
