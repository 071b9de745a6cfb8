// The arguments of this process.
int program_argument_count(void);
char *const *program_arguments(void);

// Whether the dynamic loader was started as the program, with this program as its argument.
int is_started_by_carried_loader(void);
