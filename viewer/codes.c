/* SPDX-License-Identifier: MIT */
#include "codes.h"

#include <string.h>

/* See "Heroku Error Codes" in the platform's documentation. */
static const struct {
        char code[PLATFORM_CODE_BYTES];
        const char *text;
} texts[] = {
        {"H10", "App crashed"                        },
        {"H11", "Backlog too deep"                   },
        {"H12", "Request timeout"                    },
        {"H13", "Connection closed without response" },
        {"H14", "No web dynos running"               },
        {"H15", "Idle connection"                    },
        {"H16", "No app found"                       },
        {"H17", "Poorly formatted HTTP response"     },
        {"H18", "Server request interrupted"         },
        {"H19", "Backend connection timeout"         },
        {"H20", "App boot timeout"                   },
        {"H21", "Backend connection refused"         },
        {"H22", "Connection limit reached"           },
        {"H23", "Endpoint misconfigured"             },
        {"H24", "Forced close"                       },
        {"H25", "HTTP restriction"                   },
        {"H26", "Request error"                      },
        {"H27", "Client request interrupted"         },
        {"H28", "Client connection idle"             },
        {"H31", "Misdirected request"                },
        {"H80", "Maintenance mode"                   },
        {"H81", "Blank app"                          },
        {"H82", "Free dyno quota exhausted"          },
        {"H83", "Planned service degradation"        },
        {"H99", "Platform error"                     },
        {"L10", "Drain buffer overflow"              },
        {"L11", "Tail buffer overflow"               },
        {"L12", "Local buffer overflow"              },
        {"L13", "Local delivery error"               },
        {"L14", "Certificate validation error"       },
        {"L15", "Tail buffer temporarily unavailable"},
        {"R10", "Boot timeout"                       },
        {"R11", "Bad bind"                           },
        {"R12", "Exit timeout"                       },
        {"R13", "Attach error"                       },
        {"R14", "Memory quota exceeded"              },
        {"R15", "Memory quota vastly exceeded"       },
        {"R16", "Detached"                           },
        {"R17", "Checksum error"                     },
        {"R99", "Platform error"                     },
};

const char *code_text(const char *code)
{
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
                if (strcmp(texts[i].code, code) == 0)
                        return texts[i].text;
        }
        return "";
}

static struct code *find(struct codes *codes, const char *code)
{
        size_t at = 0;

        while (at < codes->n && strcmp(codes->items[at].code, code) < 0)
                at++;
        if (at < codes->n && strcmp(codes->items[at].code, code) == 0)
                return &codes->items[at];
        if (codes->n == CODES_KINDS_MAX)
                return NULL;
        memmove(&codes->items[at + 1], &codes->items[at],
                (codes->n - at) * sizeof(codes->items[0]));
        codes->n++;
        codes->items[at] = (struct code){0};
        memcpy(codes->items[at].code, code, strlen(code) + 1);
        return &codes->items[at];
}

void codes_add(struct codes *codes, const char *code, const char *text, uint64_t t_ms)
{
        struct code *item = find(codes, code);

        if (!item)
                return;
        item->total++;
        if (t_ms > item->t_ms)
                item->t_ms = t_ms;
        minute_add(&item->minute, t_ms / 1000, 1);
        if (*item->text)
                return;
        if (*code_text(code))
                text = code_text(code);
        strncpy(item->text, text, sizeof(item->text) - 1);
}
