// The arguments of this process.
int program_argument_count(void);
char *const *program_arguments(void);
