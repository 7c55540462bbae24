package config

import "fmt"

// Uploads limits files, and who can read them.
type Uploads struct {
	// MaxFile is at least a byte, Quota and QuotaOfAll at least 0, FileMisses at
	// least 1.
	MaxFile     Size `setting:"" default:"100MiB" help:"Size of one file."`
	Quota       Size `setting:"" default:"10GiB" help:"What one person or API key can have uploaded. 0: any amount."`
	QuotaOfAll  Size `setting:"" default:"0" help:"What everyone together can have uploaded. 0: any amount."`
	StrictFiles bool `setting:"" help:"Let files be read only by people who are signed in and see them, and through signed links. Phone apps, which read files without either, then show none."`
	FileMisses  int  `setting:"" default:"30" help:"Files that do not exist an address can ask for in an hour, without being signed in, before it gets none for a while."`
}

// Check refuses limits under which no file could be sent or read.
func (u Uploads) Check() error {
	switch {
	case u.MaxFile < 1:
		return fmt.Errorf("--max-file must be at least 1 byte")
	case u.Quota > 0 && u.Quota < u.MaxFile:
		return fmt.Errorf("--quota (%s) must be at least --max-file (%s)", u.Quota, u.MaxFile)
	case u.QuotaOfAll > 0 && u.QuotaOfAll < u.MaxFile:
		return fmt.Errorf("--quota-of-all (%s) must be at least --max-file (%s)", u.QuotaOfAll, u.MaxFile)
	case u.FileMisses < 1:
		return fmt.Errorf("--file-misses must be at least 1")
	}
	return nil
}
