/* SPDX-License-Identifier: MIT */
#include "targets.h"

#include <stdlib.h>
#include <string.h>

/* By name. */
const struct fuzz_target fuzz_targets[] = {
        {"cgroup-v1",      fuzz_cgroup_v1     },
        {"cgroup-v2",      fuzz_cgroup_v2     },
        {"configuration",  fuzz_configuration },
        {"container-path", fuzz_container_path},
        {"format",         fuzz_format        },
        {"frame",          fuzz_frame         },
        {"layout",         fuzz_layout        },
        {"machine",        fuzz_machine       },
        {"name",           fuzz_name          },
        {"options",        fuzz_options       },
        {"pack",           fuzz_pack          },
        {"proc",           fuzz_proc          },
        {"reader",         fuzz_reader        },
        {"tasks",          fuzz_tasks         },
        {"text",           fuzz_text_parts    },
        {"timeline",       fuzz_timeline      },
        {"values",         fuzz_values        },
        {"view",           fuzz_view          },
        {"watch",          fuzz_watch         },
};
const size_t n_fuzz_targets = ARRAY_SIZE(fuzz_targets);

/* What libFuzzer calls; the target is the one named by $FUZZ_TARGET. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const struct fuzz_target *target;

        if (!target) {
                const char *name = getenv("FUZZ_TARGET");

                for (size_t i = 0; i < n_fuzz_targets && name; i++) {
                        if (strcmp(fuzz_targets[i].name, name) == 0)
                                target = &fuzz_targets[i];
                }
                require(target);
        }
        target->run(data, size);
        return 0;
}
