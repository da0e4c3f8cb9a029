// SPDX-License-Identifier: Apache-2.0
//
// color_cie: convert colours in device-independent forms to RGB. The screen they are shown on is the one
// that Xlib assumes where nobody has measured another, a Sony tube of 1990: who writes such colours has them
// from X and expects the same ones here.

#include "tui/base/color_cie.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

struct triple {
    double a, b, c;
};

// --- the screen ---------------------------------------------------------------------------

static const struct triple white = {0.94966, 1.0, 1.40604}; // X Y Z

static struct triple intensities_of(struct triple xyz)
{
    return (struct triple){3.483405 * xyz.a - 1.521764 * xyz.b - 0.559231 * xyz.c,
                           -1.071528 * xyz.a + 1.965938 * xyz.b + 0.036737 * xyz.c,
                           0.063512 * xyz.a - 0.200205 * xyz.b + 0.810709 * xyz.c};
}

// What of 0 to 255 makes a share of the full light: a curve laid through what was measured, at most one
// beside it. Up to least there is no light.
enum { TERMS = 6 };
static const struct gun {
    double gamma, terms[TERMS], least;
} guns[3] = {
    {3.3, {-19.228, 263.179, -180.262, 468.915, -430.321, 153.052}, 9},
    {2.2, {8.621, 287.165, -108.13, 67.152}, 19},
    {2.4, {0.989, 285.198, -99.595, 68.174}, 14},
};

static unsigned level_of(const struct gun *gun, double intensity)
{
    double root = pow(fmin(fmax(intensity, 0), 1), 1 / gun->gamma), level = 0;
    for (size_t i = TERMS; i > 0; i--)
        level = level * root + gun->terms[i - 1];
    return (unsigned)lround(fmin(fmax(level, gun->least), 255));
}

static uint32_t rgb_of_intensities(struct triple light)
{
    return level_of(&guns[0], light.a) << 16 | level_of(&guns[1], light.b) << 8 | level_of(&guns[2], light.c);
}

// --- u' v' Y ------------------------------------------------------------------------------

static struct triple xyz_of_uvy(struct triple uvy)
{
    double divisor = 6 * uvy.a - 16 * uvy.b + 12;
    double x = 9 * uvy.a / divisor, y = 4 * uvy.b / divisor, z = 1 - x - y;
    if (divisor == 0 || y == 0)
        return (struct triple){x, uvy.c, z};
    return (struct triple){x * uvy.c / y, uvy.c, z * uvy.c / y};
}

static struct triple uvy_of_xyz(struct triple xyz)
{
    double divisor = xyz.a + 15 * xyz.b + 3 * xyz.c;
    if (divisor == 0)
        return (struct triple){0, 0, xyz.b};
    return (struct triple){4 * xyz.a / divisor, 9 * xyz.b / divisor, xyz.b};
}

static double y_of_lightness(double lightness)
{
    double root = (lightness + 16) / 116;
    return lightness < 7.99953624 ? lightness / 903.29 : root * root * root;
}

// --- to the screen ------------------------------------------------------------------------

static bool can_show(struct triple light)
{
    const double slack = 0.001;
    return light.a >= -slack && light.b >= -slack && light.c >= -slack && light.a <= 1 + slack &&
           light.b <= 1 + slack && light.c <= 1 + slack;
}

// One that the screen can't show loses of its chroma until it can; its hue and lightness stay.
static uint32_t show(struct triple xyz)
{
    struct triple light = intensities_of(xyz), grey = uvy_of_xyz(white), wanted = uvy_of_xyz(xyz);
    if (can_show(light))
        return rgb_of_intensities(light);
    if (xyz.b >= 1)
        return 0xffffff;
    if (xyz.b <= 0)
        return 0;
    double shown = 0, beyond = 1;
    for (int i = 0; i < 40; i++) {
        double part = (shown + beyond) / 2;
        const struct triple uvy = {grey.a + part * (wanted.a - grey.a), grey.b + part * (wanted.b - grey.b),
                                   xyz.b};
        light = intensities_of(xyz_of_uvy(uvy));
        bool can = fmin(light.a, fmin(light.b, light.c)) >= 0 && fmax(light.a, fmax(light.b, light.c)) <= 1;
        *(can ? &shown : &beyond) = part;
    }
    return rgb_of_intensities(light);
}

// --- the forms ----------------------------------------------------------------------------

static bool from_rgbi(struct triple in, uint32_t *rgb)
{
    const double all[] = {in.a, in.b, in.c};
    for (size_t i = 0; i < 3; i++)
        if (all[i] < 0 || all[i] > 1)
            return false;
    *rgb = rgb_of_intensities(in);
    return true;
}

static bool from_xyz(struct triple in, uint32_t *rgb)
{
    if (in.b < 0 || in.b > 1)
        return false;
    *rgb = show(in);
    return true;
}

static bool from_uvy(struct triple in, uint32_t *rgb)
{
    return from_xyz(xyz_of_uvy(in), rgb);
}

static bool from_xyy(struct triple in, uint32_t *rgb)
{
    if (in.b == 0)
        return false;
    return from_xyz((struct triple){in.a * in.c / in.b, in.c, (1 - in.a - in.b) * in.c / in.b}, rgb);
}

// As X has it: a* and b* are of 1, and what is darker than 8 comes out a hundred times lighter.
static bool from_lab(struct triple in, uint32_t *rgb)
{
    double root = (in.a + 16) / 116, low = in.a / 9.03292;
    double x = root + in.b / 5, z = root - in.c / 2;
    if (in.a < 0 || in.a > 100)
        return false;
    if (root * root * root < 0.008856)
        return from_xyz(
            (struct triple){white.a * (in.b / 3893.5 + low), low, white.c * (low - in.c / 1557.4)}, rgb);
    return from_xyz((struct triple){white.a * x * x * x, root * root * root, white.c * z * z * z}, rgb);
}

static bool from_luv(struct triple in, uint32_t *rgb)
{
    struct triple grey = uvy_of_xyz(white);
    double scale = 13 * in.a / 100;
    if (in.a < 0 || in.a > 100)
        return false;
    if (in.a == 0)
        return from_uvy((struct triple){grey.a, grey.b, 0}, rgb);
    return from_uvy((struct triple){in.b / scale + grey.a, in.c / scale + grey.b, y_of_lightness(in.a)}, rgb);
}

// Hue is counted from that of the best red.
static bool from_hvc(struct triple in, uint32_t *rgb)
{
    struct triple grey = uvy_of_xyz(white);
    double hue = in.a * M_PI / 180 + atan((0.4931 - grey.b) / (0.7127 - grey.a));
    if (in.b < 0 || in.b > 100 || in.c < 0)
        return false;
    if (in.b == 0 || in.b == 100)
        return from_uvy((struct triple){grey.a, grey.b, in.b / 100}, rgb);
    double radius = in.c / (in.b * 7.50725);
    return from_uvy(
        (struct triple){grey.a + radius * cos(hue), grey.b + radius * sin(hue), y_of_lightness(in.b)}, rgb);
}

// A decimal number, whatever the locale's mark; its length, 0: it is none.
static size_t number(const char *text, double *value)
{
    size_t at = text[0] == '-' || text[0] == '+', digits = 0;
    double scale = 1;
    *value = 0;
    for (bool behind = false; isdigit((unsigned char)text[at]) || (text[at] == '.' && !behind); at++) {
        if (text[at] == '.') {
            behind = true;
            continue;
        }
        *value = *value * 10 + (text[at] - '0');
        scale *= behind ? 10 : 1;
        digits++;
    }
    *value /= text[0] == '-' ? -scale : scale;
    return digits > 0 && digits < 16 ? at : 0;
}

bool color_cie_parse(const char *spec, uint32_t *rgb)
{
    static const struct {
        const char *prefix;
        bool (*from)(struct triple in, uint32_t *rgb);
    } forms[] = {{"rgbi:", from_rgbi},  {"CIEXYZ:", from_xyz}, {"CIEuvY:", from_uvy}, {"CIExyY:", from_xyy},
                 {"CIELab:", from_lab}, {"CIELuv:", from_luv}, {"TekHVC:", from_hvc}};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        double values[3];
        const char *at = spec + strlen(forms[i].prefix);
        if (strncasecmp(spec, forms[i].prefix, strlen(forms[i].prefix)) != 0)
            continue;
        for (size_t j = 0; j < 3; j++) {
            size_t length = number(at, &values[j]);
            if (length == 0 || at[length] != (j < 2 ? '/' : '\0'))
                return false;
            at += length + 1;
        }
        return forms[i].from((struct triple){values[0], values[1], values[2]}, rgb);
    }
    return false;
}
