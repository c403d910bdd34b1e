"""Says how likely each text is to be offensive: the model of alt-profanity-check 1.9.1, without its libraries.

Reads a JSON object {"text": ...} a line, writes a number from 0 to 1 for each. Needs the package alone:
    python3 -m venv venv && venv/bin/pip install --no-deps alt-profanity-check==1.9.1

The package keeps its numbers in pickles, which can run any code when they are loaded. These two are read without that: their
digests must be known, and every object in them becomes a plain holder of its state, whatever class it names.
"""

import array
import hashlib
import importlib.metadata
import io
import json
import math
import pickle
import re
import struct
import sys

PACKAGE = "alt-profanity-check"
FILES = {
    "profanity_check/data/vectorizer.joblib": "19c5200dc6a41f026e0558e2f164f5fe8d8f58e502b46b37e4385037fcfa4831",
    "profanity_check/data/model.joblib": "aeafc04849d4d93db4721cf30a86ebf22085595294b8a07d51918e7fa98f538b",
}
HELD = {
    "joblib.numpy_pickle.NumpyArrayWrapper",
    "numpy._core.multiarray.scalar",
    "numpy.dtype",
    "numpy.float64",
    "numpy.ndarray",
    "sklearn.calibration.CalibratedClassifierCV",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.feature_extraction.text.TfidfTransformer",
    "sklearn.feature_extraction.text.TfidfVectorizer",
    "sklearn.svm._classes.LinearSVC",
}
CODES = {"f8": "d", "i8": "q"}
WORD = re.compile(r"\b\w\w+\b")


class Holder:
    """An object of the file as its arguments and its state; it does nothing."""

    def __init__(self, *arguments):
        self.arguments = arguments

    def __setstate__(self, state):
        self.state = state


class Reader(pickle._Unpickler):
    """Reads numbers and plain objects, and refuses to call anything."""

    dispatch = dict(pickle._Unpickler.dispatch)

    def __init__(self, file):
        super().__init__(file)
        self.file = file

    def find_class(self, module, name):
        if f"{module}.{name}" not in HELD:
            raise pickle.UnpicklingError(f"the file names {module}.{name}, which is not expected there")
        return type(name, (Holder,), {})

    def load_build(self):
        super().load_build()
        built = self.stack[-1]
        # The numbers of an array follow its description, from the next whole multiple of 16 bytes on.
        if type(built).__name__ == "NumpyArrayWrapper":
            numbers = array.array(CODES[built.state["dtype"].arguments[0]])
            self.file.read(self.file.read(1)[0])
            numbers.frombytes(self.file.read(8 * math.prod(built.state["shape"])))
            self.stack[-1] = numbers

    dispatch[pickle.BUILD[0]] = load_build


def states():
    """The states of the two files, once their digests are known."""
    package = importlib.metadata.distribution(PACKAGE)
    for name, expected in FILES.items():
        with open(package.locate_file(name), "rb") as file:
            content = file.read()
        if hashlib.sha256(content).hexdigest() != expected:
            sys.exit(f"{name} of {PACKAGE} {package.version} is not the file that this teacher knows")
        yield Reader(io.BytesIO(content)).load().state


def number(scalar):
    return struct.unpack("<d", scalar.arguments[1])[0]


def teacher():
    """A function from a text to a probability."""
    words, model = states()
    vocabulary, rarity = words["vocabulary_"], words["_tfidf"].state["idf_"]
    parts = []
    for part in model["calibrated_classifiers_"]:
        line, curve = part.state["estimator"].state, part.state["calibrators"][0].state
        parts.append((line["coef_"], line["intercept_"][0], number(curve["a_"]), number(curve["b_"])))

    def probability(text):
        weights = {}
        for word in WORD.findall(text.lower()):
            at = vocabulary.get(word)
            if at is not None:
                weights[at] = weights.get(at, 0.0) + rarity[at]
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        total = 0.0
        for line, start, slope, shift in parts:
            value = start + sum(weight * line[at] for at, weight in weights.items()) / length
            total += 1.0 / (1.0 + math.exp(slope * value + shift))
        return total / len(parts)

    return probability


def main():
    probability = teacher()
    for line in sys.stdin:
        print(f"{probability(json.loads(line)['text']):.6f}")


if __name__ == "__main__":
    main()
