"""Make what the table of trades teaches: the file that ships beside it. Needed when it was changed.

python -m bench.teach
"""

from hashlib import sha256
from pathlib import Path

import numpy as np

import solver.meaning.trades as table
from solver.meaning.encoders import Multilingual


def main() -> None:
    """Write the file, and say by what digest it is known."""
    phrases = table.read_phrases()
    rows = Multilingual().encode([phrase.text for phrase in phrases])
    path = Path(table.__file__).parent / "data" / "trades.npz"
    np.savez_compressed(path, **table.teach(phrases, rows))
    print(f"{len(phrases)} phrases, {path.stat().st_size} bytes")
    print(f'DIGEST = "{sha256(path.read_bytes()).hexdigest()}"')


if __name__ == "__main__":
    main()
