#!/usr/bin/env python3
"""An auditor of CertiPure runs, written from docs/formats.md alone, with Python's standard library alone.

    audit.py RUN ...                      every bound and radius from the votes; exit code 1 where one does not hold
    audit.py --vectors docs/formats.md    the noise, bit by bit, against the page's test vectors
    audit.py --noise SEED ID PHASE DRAW SIGMA COUNT [PIXEL/255]    noisy values to compare with anyone's

It does not run networks: that the votes are those of the draws is what `certipure verify --replay` is for.
"""
import decimal
import json
import math
import os
import statistics
import struct
import sys

# ---------------------------------------------------------------- the noise

MASK32 = 0xFFFFFFFF
PHASES = {"selection": 0, "estimation": 1, "prediction": 2, "display": 3}


def philox(counter, key):
    """Philox4x32 with 10 rounds."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        low, high = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (high >> 32) ^ c1 ^ k0, high & MASK32, (low >> 32) ^ c3 ^ k1, low & MASK32
        k0, k1 = (k0 + 0x9E3779B9) & MASK32, (k1 + 0xBB67AE85) & MASK32
    return c0, c1, c2, c3


def random_bits(seed, image, phase, draw, pixel):
    """The 64-bit number of a pixel in [C,H,W] order."""
    words = philox((pixel // 2, draw, image, phase), (seed & MASK32, seed >> 32))
    return words[1] << 32 | words[0] if pixel % 2 == 0 else words[3] << 32 | words[2]


CENTRAL = (
    (2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4, 4.5921953931549871457e+4,
     1.3731693765509461125e+4, 1.9715909503065514427e+3, 1.3314166789178437745e+2, 3.3871328727963666080e+0),
    (5.2264952788528545610e+3, 2.8729085735721942674e+4, 3.9307895800092710610e+4, 2.1213794301586595867e+4,
     5.3941960214247511077e+3, 6.8718700749205790830e+2, 4.2313330701600911252e+1, 1.0))
MIDDLE = (
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e+0,
     3.64784832476320460504e+0, 5.76949722146069140550e+0, 4.63033784615654529590e+0, 1.42343711074968357734e+0),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
     6.89767334985100004550e-1, 1.67638483018380384940e+0, 2.05319162663775882187e+0, 1.0))
FAR = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
     2.96560571828504891230e-1, 1.78482653991729133580e+0, 5.46378491116411436990e+0, 6.65790464350110377720e+0),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
     1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0))


def horner(x, polynomials):
    above, below = polynomials[0][0], polynomials[1][0]
    for a, b in zip(polynomials[0][1:], polynomials[1][1:]):
        above, below = above * x + a, below * x + b
    return above / below


def natural_log(x):
    """The page's series, whose bits are the same everywhere."""
    bits = struct.unpack("<q", struct.pack("<d", x))[0]
    exponent = (bits - 0x3FE6A09E667F3BCD) >> 52
    m = struct.unpack("<d", struct.pack("<q", bits - (exponent << 52)))[0]
    e, s = float(exponent), (m - 1.0) / (m + 1.0)
    z = s * s
    series = 2.0 / 23
    for d in range(21, 1, -2):
        series = series * z + 2.0 / d
    return e * 0.693147180369123816490 + (2.0 * s + (s * z * series + e * 1.90821492927058770002e-10))


def normal_quantile(u):
    q = u - 0.5
    if abs(q) <= 0.425:
        return q * horner(0.180625 - q * q, CENTRAL)
    r = math.sqrt(-natural_log(min(u, 1.0 - u)))
    x = horner(r - 1.6, MIDDLE) if r <= 5.0 else horner(r - 5.0, FAR)
    return -x if q < 0 else x


def single(x):
    """Rounded to single precision."""
    return struct.unpack("<f", struct.pack("<f", x))[0]


GRID = {}


def grid_threshold(k, sigma):
    """2^64 Phi((2k+1)/(510 sigma)) as the page rounds it."""
    if (k, sigma) not in GRID:
        with decimal.localcontext() as context:
            context.prec = 60
            x = decimal.Decimal(abs(2 * k + 1)) / (510 * decimal.Decimal(sigma))
            term = total = x
            i = 3
            while term > decimal.Decimal(10) ** -55:
                term = term * x * x / i
                total += term
                i += 2
            pi = decimal.Decimal("3.14159265358979323846264338327950288419716939937510582097494459")
            tail = decimal.Decimal("0.5") - total * (-x * x / 2).exp() / (2 * pi).sqrt()
            floor = int(max(tail, 0) * 2 ** 64)
        GRID[k, sigma] = floor if k < 0 else 2 ** 64 - 1 - floor
    return GRID[k, sigma]


def noisy_value(value, bits, sigma, noise):
    """A pixel (0 to 255) with the noise of 64 random bits."""
    if noise == "normal":
        u = (2 * (bits >> 12) + 1) * 2.0 ** -53
        return single(single(value / 255) + sigma * normal_quantile(u))
    low, high = -math.ceil(9.2 * 255 * sigma) - 1, math.ceil(9.2 * 255 * sigma) + 1
    while low < high:
        k = (low + high) // 2
        low, high = (low, k) if bits < grid_threshold(k, sigma) else (k + 1, high)
    return single((value + low) / 255)


def noisy_values(seed, image, phase, draw, sigma, values, noise="normal"):
    return [noisy_value(value, random_bits(seed, image, phase, draw, i), sigma, noise) for i, value in enumerate(values)]


# ---------------------------------------------------------------- the bounds

TIGHTNESS = decimal.Decimal("1e-12")


def tail_at_least(k, n, p):
    """P[Bin(n, p) >= k] to 40 digits, for k above n p."""
    with decimal.localcontext() as context:
        context.prec = 50
        p = decimal.Decimal(p)
        if k <= 0:
            return decimal.Decimal(1)
        if p <= 0:
            return decimal.Decimal(0)
        if p >= 1:
            return decimal.Decimal(1)
        term = total = decimal.Decimal(math.comb(n, k)) * p ** k * (1 - p) ** (n - k)
        odds = p / (1 - p)
        for i in range(k, n):
            term = term * (n - i) / (i + 1) * odds
            total += term
            if term < total * decimal.Decimal("1e-45"):
                break
        return total


def is_the_lower_bound(p, k, n, alpha):
    """Whether p is a lower bound, and within 1e-12 the largest one."""
    alpha, p = decimal.Decimal(alpha), decimal.Decimal(p)
    return tail_at_least(k, n, p) <= alpha and (k == 0 or tail_at_least(k, n, p + TIGHTNESS) > alpha)


def is_the_upper_bound(p, k, n, alpha):
    """P[Bin(n, p) <= k] = P[Bin(n, 1-p) >= n-k]."""
    return k == n and p == 1 or is_the_lower_bound(1 - decimal.Decimal(p), n - k, n, alpha)


def phi_inverse(p):
    return statistics.NormalDist().inv_cdf(p)


# ---------------------------------------------------------------- a run

class Audit:
    def __init__(self, folder):
        with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as file:
            self.manifest = json.load(file)
        self.experiment = self.manifest["experiment"]
        self.version = self.manifest["formatVersion"]
        self.classes = self.experiment["classifier"]["classCount"]
        self.bound = self.experiment.get("bound", "top")
        with open(os.path.join(folder, "certificates.jsonl"), encoding="utf-8") as file:
            self.lines = [json.loads(line) for line in file if line.endswith("\n")]
        self.objections = []

    def run(self):
        for line in self.lines:
            try:
                problems = list(self.problems(line))
            except (KeyError, TypeError, ValueError) as error:
                problems = ["the line cannot be read: %r" % error]
            self.objections += ["image %s: %s" % (line.get("id"), problem) for problem in problems]
        return self.objections

    def votes(self, look, selected):
        """n, the selected class's votes, the strongest rival's (None in version 1), and what the two bounds spend."""
        if "votes" not in look:
            return look["n"], look["k"], None, look["alpha"], 0
        votes = look["votes"]
        votes = votes if isinstance(votes, list) else [votes.get(str(label), 0) for label in range(self.classes)]
        if len(votes) != self.classes or min(votes) < 0 or sum(votes) != look["n"]:
            raise ValueError("the votes of a look do not add up to n")
        rival = max([count for label, count in enumerate(votes) if label != selected], default=0)
        return look["n"], votes[selected], rival, look["alphaA"], look["alphaB"]

    def problems(self, line):
        experiment, selection = self.experiment, line["selection"]
        if isinstance(selection, dict):
            selection = [selection.get(str(label), 0) for label in range(self.classes)]
        if len(selection) != self.classes or sum(selection) != experiment["n0"]:
            yield "the selection votes do not add up to n0"
            return
        # The most frequent class, the lowest among equals.
        selected = selection.index(max(selection))
        looks = [self.votes(look, selected) for look in line["looks"]]
        planned = {look["n"]: look["alpha"] for look in experiment["plan"]["looks"]}
        for n, k, _, alpha_a, alpha_b in looks:
            if not 0 <= k <= n or not math.isclose(alpha_a + alpha_b, planned.get(n, -1), rel_tol=1e-12):
                yield "the look after %d draws is not in the plan" % n
                return
        # The selection votes alone decide what each bound spends.
        leading = sorted(selection)[-2:]
        others = experiment["n0"] - sum(leading)
        is_shared = self.bound == "margin" and others >= 2 and 100 * others >= experiment["n0"]
        for n, _, _, alpha_a, alpha_b in looks:
            if (alpha_a, alpha_b) != ((planned[n] / 2, planned[n] / 2) if is_shared else (planned[n], 0)):
                yield "the look after %d draws spends another share of alpha than the selection votes decide" % n
                return
        lower = line["lowerBound"]
        if not looks:
            if lower != 0 or line["radius"] != 0 or line["predicted"] is not None:
                yield "a claim without a look"
            return
        # The best over the looks: none gives more, and one gives exactly this.
        if not any(is_the_lower_bound(lower, k, n, alpha) for n, k, _, alpha, _ in looks):
            yield "lowerBound %r is not the bound of any look" % lower
        if any(tail_at_least(k, n, decimal.Decimal(lower) + TIGHTNESS) <= decimal.Decimal(alpha) for n, k, _, alpha, _ in looks):
            yield "a look gives more than lowerBound %r" % lower
        if "routing" in line:
            return
        upper = line.get("upperBound", 1 - lower)
        spent = [(n, rival, alpha) for n, _, rival, _, alpha in looks if alpha > 0]
        if abs(upper - (1 - lower)) > 1e-15 and not any(is_the_upper_bound(upper, rival, n, alpha) for n, rival, alpha in spent):
            yield "upperBound %r follows from no look" % upper
        if self.bound == "margin" and 0 < upper < 1 and 0 < lower < 1:
            radius = experiment["sigma"] / 2 * (phi_inverse(lower) - phi_inverse(upper))
        else:
            radius = experiment["sigma"] * phi_inverse(lower) if lower > 0.5 else 0
        if line["predicted"] is None:
            if line["radius"] != 0:
                yield "an abstention with a radius"
            elif radius > 1e-12:
                yield "an abstention, though the bounds give the radius %r" % radius
            return
        if line["predicted"] != selected:
            yield "class %s is predicted, but the selection chose %d" % (line["predicted"], selected)
        if not radius > 0:
            yield "a class is predicted, but the bounds give no radius"
        if not radius - 1e-12 <= line["radius"] <= radius + 1e-15:
            yield "radius %r, but the bounds give %r" % (line["radius"], radius)


def audit(folders):
    failed = False
    for folder in folders:
        run = Audit(folder)
        objections = run.run()
        for objection in objections:
            print("%s: %s" % (folder, objection))
        print("%s: %d certificates of format version %d, %d objections" % (folder, len(run.lines), run.version, len(objections)))
        failed = failed or bool(objections) or not run.lines
    return 1 if failed else 0


# ---------------------------------------------------------------- the page's test vectors

def check_vectors(page):
    rows, failed = 0, 0
    with open(page, encoding="utf-8") as file:
        for row in file:
            cells = [cell.strip() for cell in row.strip().strip("|").split("|")]
            if len(cells) == 8 and cells[2] in PHASES and cells[0].startswith("0x"):
                seed, image, phase, draw = int(cells[0], 16), int(cells[1]), PHASES[cells[2]], int(cells[3])
                values = [int(cells[6].split("/")[0])] * 8
                found = noisy_values(seed, image, phase, draw, float(cells[5]), values, cells[4])
                bits = " ".join("%08x" % struct.unpack("<I", struct.pack("<f", value)) for value in found)
                rows, failed = rows + 1, failed + (bits != cells[7])
                if bits != cells[7]:
                    print("seed %s: %s, but the page says %s" % (cells[0], bits, cells[7]))
            elif len(cells) == 3 and len(cells[0].split()) == 4 and len(cells[1].split()) == 2:
                words = [[int(word, 16) for word in cell.split()] for cell in cells]
                rows, failed = rows + 1, failed + (list(philox(words[0], words[1])) != words[2])
    print("%d test vectors, %d differ" % (rows, failed))
    return 1 if failed or not rows else 0


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "--vectors":
        return check_vectors(arguments[1])
    if len(arguments) in (7, 8) and arguments[0] == "--noise":
        seed, image, phase, draw, sigma, count = arguments[1:7]
        values = [int(arguments[7]) if len(arguments) == 8 else 0] * int(count)
        for value in noisy_values(int(seed), int(image), PHASES[phase], int(draw), float(sigma), values):
            print("%08x" % struct.unpack("<I", struct.pack("<f", value)))
        return 0
    if arguments and not arguments[0].startswith("-"):
        return audit(arguments)
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
