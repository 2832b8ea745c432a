"""pyogrio comes without pandas, geopandas and pyarrow, and loses nothing of what it does with them."""

from __future__ import annotations

import subprocess
import sys


def run(script: str) -> str:
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip()


LOADED = "print(sorted({'pandas', 'geopandas', 'pyarrow', 'jinja2'} & set(sys.modules)))"


def test_a_check_starts_without_any_table_library() -> None:
    assert run(f"import sys, geoplan.cli.check; {LOADED}") == "[]"


def test_a_library_already_loaded_stays_the_one_in_use() -> None:
    assert run("import pandas, sys; import geoplan.ogr; print(sys.modules['pandas'] is pandas)") == "True"


def test_afterwards_pyogrio_reads_frames_as_ever() -> None:
    script = (
        "from geoplan.ogr import pyogrio\n"
        "import geopandas, shapely\n"
        "frame = geopandas.GeoDataFrame({'id': ['a']}, geometry=[shapely.box(0, 0, 1, 1)], crs=4490)\n"
        "pyogrio.write_dataframe(frame, '/vsimem/one.gpkg')\n"
        "print(geopandas.__name__, pyogrio.read_dataframe('/vsimem/one.gpkg').geometry.area.sum())"
    )
    assert run(script) == "geopandas 1.0"


def test_pyogrio_is_told_the_real_versions() -> None:
    script = (
        "from geoplan.ogr import pyogrio\n"
        "flags = [name for name in vars(pyogrio._compat) if name.startswith(('HAS_', 'PANDAS_', 'PYARROW_'))]\n"
        "told = {name: getattr(pyogrio._compat, name) for name in flags}\n"
        "import sys\n"
        "for name in [name for name in sys.modules if name.split('.')[0] == 'pyogrio']:\n"
        "    del sys.modules[name]\n"
        "import pyogrio._compat as plain\n"
        "print(all(getattr(plain, name) == value for name, value in told.items()), told['HAS_GEOPANDAS'])"
    )
    assert run(script) == "True True"


def test_whoever_meets_a_stand_in_gets_the_real_library() -> None:
    script = (
        "import sys\n"
        "from geoplan.ogr import _stand_ins\n"
        "with _stand_ins():\n"
        "    import pandas\n"
        "    print(pandas.__version__ == __import__('importlib.metadata').metadata.version('pandas'), end=' ')\n"
        "    print(pandas.DataFrame({'a': [1, 2]})['a'].sum(), end=' ')\n"
        "import pandas\n"
        "print(pandas.Series([3]).sum(), pandas.__spec__ is not None)"
    )
    assert run(script) == "True 3 3 True"
