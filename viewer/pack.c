/* SPDX-License-Identifier: MIT */
#include "pack.h"

/* What a column begins with. */
enum mode {
        MODE_SAME,    /* all are the number that follows */
        MODE_DELTAS,  /* each is the one before and a difference */
        MODE_STEADY,  /* so is each difference */
        MODE_PARTIAL, /* MODE_DELTAS of those whose bit is set in the eight bytes that follow */
        MODE_NONE,    /* all are unknown */
};

/* Seven bits a byte, the lowest first; the highest bit says that more follow. */
static unsigned char *put(unsigned char *to, uint64_t number)
{
        for (; number >= 0x80; number >>= 7)
                *to++ = (unsigned char)(number | 0x80);
        *to++ = (unsigned char)number;
        return to;
}

static const unsigned char *take(const unsigned char *at, const unsigned char *end, uint64_t *ret)
{
        uint64_t number = 0;

        for (unsigned shift = 0; at < end && shift < 64; shift += 7) {
                number |= (uint64_t)(*at & 0x7f) << shift;
                if (!(*at++ & 0x80)) {
                        *ret = number;
                        return at;
                }
        }
        return NULL;
}

/* Differences are signed, and small: the sign goes to the lowest bit. They wrap around. */
static uint64_t fold(uint64_t difference)
{
        return difference << 1 ^ (difference >> 63 ? UINT64_MAX : 0);
}

static uint64_t unfold(uint64_t folded)
{
        return folded >> 1 ^ (folded & 1 ? UINT64_MAX : 0);
}

static uint64_t known_bits(const uint64_t *values, unsigned n)
{
        uint64_t bits = 0;

        for (unsigned i = 0; i < n; i++)
                bits |= (uint64_t)(values[i] != UNKNOWN) << i;
        return bits;
}

static enum mode choose(const uint64_t *values, unsigned n, uint64_t known)
{
        bool is_same = true;
        uint64_t deltas = 0, seconds = 0, last = 0;

        if (known == 0)
                return MODE_NONE;
        if (known != (n < 64 ? (UINT64_C(1) << n) - 1 : UINT64_MAX))
                return MODE_PARTIAL;
        for (unsigned i = 1; i < n; i++) {
                const uint64_t delta = values[i] - values[i - 1];

                is_same &= delta == 0;
                deltas |= fold(delta);
                if (i > 1)
                        seconds |= fold(delta - last);
                last = delta;
        }
        if (is_same)
                return MODE_SAME;
        return seconds >> 1 < deltas >> 1 ? MODE_STEADY : MODE_DELTAS;
}

size_t pack_column(const uint64_t *values, unsigned n, unsigned char *to)
{
        unsigned char *const start = to;
        const uint64_t known = known_bits(values, n);
        const enum mode mode = choose(values, n, known);
        uint64_t before = 0, delta = 0;

        *to++ = (unsigned char)mode;
        if (mode == MODE_NONE)
                return 1;
        if (mode == MODE_SAME)
                return (size_t)(put(to, values[0]) - start);
        if (mode == MODE_PARTIAL) {
                for (unsigned i = 0; i < 8; i++)
                        *to++ = (unsigned char)(known >> 8 * i);
        }
        for (unsigned i = 0; i < n; i++) {
                const uint64_t now = values[i] - before;

                if (values[i] == UNKNOWN)
                        continue;
                to = put(to, fold(mode == MODE_STEADY && i > 0 ? now - delta : now));
                delta = i > 0 ? now : 0;
                before = values[i];
        }
        return (size_t)(to - start);
}

static const unsigned char *fill(
        const unsigned char *at, const unsigned char *end, unsigned n, uint64_t *ret)
{
        uint64_t number;

        at = take(at, end, &number);
        for (unsigned i = 0; at && i < n; i++)
                ret[i] = number;
        return at;
}

const unsigned char *unpack_column(
        const unsigned char *at, const unsigned char *end, unsigned n, uint64_t *ret)
{
        uint64_t known = UINT64_MAX, before = 0, delta = 0, number;
        enum mode mode;

        if (at == end)
                return NULL;
        mode = (enum mode) * at++;
        if (mode == MODE_SAME)
                return fill(at, end, n, ret);
        if (mode == MODE_NONE || mode == MODE_PARTIAL)
                known = 0;
        for (unsigned i = 0; mode == MODE_PARTIAL && i < 8; i++) {
                if (at == end)
                        return NULL;
                known |= (uint64_t)*at++ << 8 * i;
        }
        for (unsigned i = 0; i < n; i++) {
                if (!(known >> i & 1)) {
                        ret[i] = UNKNOWN;
                        continue;
                }
                at = take(at, end, &number);
                if (!at)
                        return NULL;
                number = unfold(number);
                delta = mode == MODE_STEADY && i > 0 ? delta + number : number;
                before += delta;
                ret[i] = before;
                if (i == 0)
                        delta = 0;
        }
        return at;
}
